import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Device, startDevice } from './device.ts';
import { bareRepository, git } from './git.ts';

const DEVICES = 3;
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** One thing that a person does on one device; `pick` chooses among the messages that the device shows. */
export type Step =
  | {
      readonly kind: 'create' | 'edit' | 'delete' | 'undelete';
      readonly device: number;
      readonly pick: number;
    }
  | { readonly kind: 'push' | 'pull' | 'restart'; readonly device: number }
  | { readonly kind: 'skew'; readonly device: number; readonly years: number };

const device = fc.nat({ max: DEVICES - 1 });
const pick = fc.nat({ max: 1000 });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), device, pick }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('edit' as const), device, pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('delete' as const, 'undelete' as const), device, pick }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('push' as const, 'pull' as const), device }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), device }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('skew' as const),
      device,
      years: fc.integer({ min: -3, max: 3 }),
    }),
  },
);

/** What several people do on several devices, in one order. */
export const history: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 5, maxLength: 22 });

/** What was answered with success: texts by the id of their message, and ids in the order in which they came. */
interface Acknowledged {
  readonly ids: string[];
  readonly texts: Map<string, Set<string>>;
}

/**
 * Lives a history on real clones and one real bare remote, lets all devices sync, and holds them against each other:
 * all the same, nothing acknowledged missing, every concurrent edit a head or the current text.
 */
export async function liveHistory(folder: string, steps: readonly Step[]): Promise<void> {
  const trouble: unknown[] = [];
  const remote = await bareRepository(join(folder, 'shared.git'));
  const devices: Device[] = [];
  for (let index = 0; index < DEVICES; index += 1) {
    const home = join(folder, `device-${index}`);
    await mkdir(home);
    devices.push(await startDevice(home, remote, trouble));
  }
  try {
    const acknowledged: Acknowledged = { ids: [], texts: new Map() };
    for (const [index, one] of steps.entries())
      await live(devices[one.device] as Device, one, index, acknowledged);
    for (let round = 0; round < 3; round += 1) {
      for (const each of devices) expect((await each.request('POST', '/push')).status).toBe(200);
    }
    await compare(devices, acknowledged);
    expect(trouble).toEqual([]);
  } finally {
    for (const each of devices) await each.close();
  }
}

async function live(on: Device, one: Step, index: number, { ids, texts }: Acknowledged): Promise<void> {
  const text = `text ${index}`;
  const known = (id: string) => {
    texts.set(id, (texts.get(id) ?? new Set()).add(text));
  };
  switch (one.kind) {
    case 'create': {
      const { status, json } = await on.request('POST', '/messages', { text });
      expect(status).toBe(201);
      const { id } = json as { id: string };
      ids.push(id);
      known(id);
      return;
    }
    case 'edit':
    case 'delete':
    case 'undelete': {
      const id = ids[one.pick % Math.max(1, ids.length)];
      if (id === undefined) return;
      if (one.kind === 'delete') {
        expect([204, 404]).toContain((await on.request('DELETE', `/messages/${id}`)).status);
        return;
      }
      const edit = one.kind === 'edit' ? { text } : {};
      const { status } = await on.request('PATCH', `/messages/${id}`, edit);
      expect([200, 404]).toContain(status);
      if (status === 200 && one.kind === 'edit') known(id);
      return;
    }
    case 'push':
    case 'pull':
      expect((await on.request('POST', `/${one.kind}`)).status).toBe(200);
      return;
    case 'restart':
      return on.restart();
    case 'skew':
      on.skew = one.years * YEAR_MS;
  }
}

interface Revision {
  readonly text: string;
  readonly head?: boolean;
}

async function compare(devices: readonly Device[], { ids, texts }: Acknowledged): Promise<void> {
  const [first, ...others] = await Promise.all(devices.map((each) => read(each, ids)));
  for (const other of others) expect(other).toEqual(first);
  for (const id of ids) {
    const revisions = first?.histories.get(id) as Revision[];
    const held = revisions.map(({ text }) => text);
    for (const text of texts.get(id) ?? []) expect(held).toContain(text);
    const heads = revisions.filter(({ head }) => head === true);
    const message = first?.messages.find((one) => one.id === id);
    if (message) expect(message.conflict === true).toBe(heads.length > 1);
  }
  for (const each of devices) {
    await git(each.clone, 'fsck', '--no-dangling');
    expect(await git(each.clone, 'status', '--porcelain')).toBe('');
    const { json } = await each.request('GET', '/verify');
    expect(json).toMatchObject({
      status: 'ok',
      repositories: [{ messages: ids.length, unpushed: 0, findings: [] }],
      mirror: { messages: ids.length, findings: [] },
    });
  }
}

async function read(on: Device, ids: readonly string[]) {
  const { json } = await on.request('GET', '/messages');
  const messages = (json as { id: string; conflict?: boolean; deliveries: unknown }[]).map(
    ({ deliveries, ...rest }) => rest,
  );
  const histories = new Map<string, unknown>();
  for (const id of ids) {
    const history = (await on.request('GET', `/messages/${id}/history`)).json as { commits: unknown }[];
    histories.set(
      id,
      history.map(({ commits, ...rest }) => rest),
    );
  }
  // Index and work tree follow within a second.
  const deadline = Date.now() + 5000;
  while ((await git(on.clone, 'status', '--porcelain')) !== '' && Date.now() < deadline) {
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return { messages, histories };
}
