import { expect } from 'vitest';
import type { Device } from './device.ts';
import { git } from './git.ts';
import type { Acknowledged } from './take-step.ts';
import { eventually } from './wait.ts';

interface Revision {
  readonly text: string;
  readonly head?: boolean;
}

interface Seen {
  readonly messages: readonly { readonly id: string; readonly conflict?: boolean }[];
  readonly histories: ReadonlyMap<string, readonly Revision[]>;
}

/** Holds devices that have all synced against each other and against what was acknowledged. */
export async function judgeDevices(devices: readonly Device[], { ids, texts }: Acknowledged): Promise<void> {
  const [first, ...others] = await Promise.all(devices.map((each) => look(each, ids)));
  for (const other of others) expect(other).toEqual(first);
  for (const id of ids) {
    const revisions = first?.histories.get(id) ?? [];
    const held = revisions.map(({ text }) => text);
    // An undelete repeats a text, so that it may be there more than once.
    for (const text of texts.get(id) ?? []) expect(held).toContain(text);
    const heads = revisions.filter(({ head }) => head === true);
    const message = first?.messages.find((one) => one.id === id);
    if (message) expect(message.conflict === true).toBe(heads.length > 1);
  }
  for (const each of devices) {
    for (const clone of each.clones) await judgeClone(clone);
    const { json } = await each.request('GET', '/verify');
    expect(json, JSON.stringify(json)).toMatchObject({
      status: 'ok',
      repositories: each.clones.map(() => ({ unpushed: 0, findings: [] })),
      mirror: { findings: [] },
    });
  }
}

async function judgeClone(clone: string): Promise<void> {
  await git(clone, 'fsck', '--no-dangling');
  // Index and work tree follow within a second.
  await eventually(async () => {
    expect(await git(clone, 'status', '--porcelain')).toBe('');
    return true;
  });
}

async function look(on: Device, ids: readonly string[]): Promise<Seen> {
  const { json } = await on.request('GET', '/messages');
  const messages = (json as { id: string; conflict?: boolean; deliveries: unknown }[]).map(
    ({ deliveries, ...rest }) => rest,
  );
  const histories = new Map<string, readonly Revision[]>();
  for (const id of ids) {
    const { status, json } = await on.request('GET', `/messages/${id}/history`);
    expect(status, `the history of ${id}: ${JSON.stringify(json)}`).toBe(200);
    const revisions = json as (Revision & { commits: unknown })[];
    histories.set(
      id,
      revisions.map(({ commits, ...rest }) => rest),
    );
  }
  return { messages, histories };
}
