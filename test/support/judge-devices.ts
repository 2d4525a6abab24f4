import { expect } from 'vitest';
import type { Acknowledged } from './acknowledged.ts';
import { apiAt } from './api.ts';
import { locksIn } from './clone-state.ts';
import type { Device } from './device.ts';
import { git } from './git.ts';
import { takenAway, textsOnBranch } from './judge-branch.ts';
import { missingAt, notDownloaded } from './judge-files.ts';
import { eventually } from './wait.ts';
import { whenClean } from './when-clean.ts';

interface Revision {
  readonly text: string;
  readonly head?: boolean;
}

interface Seen {
  readonly messages: readonly { readonly id: string; readonly conflict?: boolean }[];
  readonly histories: ReadonlyMap<string, readonly Revision[]>;
}

interface Finding {
  readonly kind: string;
  readonly file?: string;
}

/**
 * Holds devices that have all synced against each other and against what was acknowledged.
 *
 * @param foreign files that somebody wrote who is no gitpost: `verify` may say what is odd in them
 */
export async function judgeDevices(
  devices: readonly Device[],
  acknowledged: Acknowledged,
  foreign: ReadonlySet<string> = new Set(),
): Promise<void> {
  // What plain git says comes first: it tells best what went wrong.
  for (const each of devices) {
    for (const [number, clone] of each.clones.entries()) await judgeClone(clone, number, acknowledged);
  }
  const { ids, texts } = acknowledged;
  const [first, ...others] = await Promise.all(devices.map((each) => look(each, ids)));
  for (const other of others) expect(other).toEqual(first);
  for (const id of ids) {
    const revisions = first?.histories.get(id) ?? [];
    const held = revisions.map(({ text }) => text);
    // An undelete repeats a text, so that it may be there more than once.
    for (const text of texts.get(id)?.keys() ?? []) expect(held, `The history of ${id}`).toContain(text);
    const heads = revisions.filter(({ head }) => head === true);
    const message = first?.messages.find((one) => one.id === id);
    if (message) expect(message.conflict === true).toBe(heads.length > 1);
  }
  for (const each of devices) await judgeAnswers(each, foreign);
}

/** What a device says of itself. */
async function judgeAnswers(device: Device, foreign: ReadonlySet<string>): Promise<void> {
  const { json: repositories } = await device.request('GET', '/repositories');
  for (const { name, state, error } of repositories as { name: string; state: string; error: unknown }[]) {
    expect(state, `${device.folder}, ${name}: ${JSON.stringify(error)}`).toBe('ready');
  }
  expect(await notDownloaded(apiAt(device.url)), device.folder).toEqual([]);
  const { json } = await device.request('GET', '/verify');
  const { repositories: verified, mirror } = json as {
    repositories: { findings: Finding[]; unpushed: number }[];
    mirror: { findings: Finding[] };
  };
  const ours = [...verified, mirror].flatMap(({ findings }) =>
    findings.filter(({ kind, file }) => {
      if (file === undefined || foreign.has(file)) return file === undefined;
      // A folder like `Messages` is rightly found when somebody pushed a file into one.
      return kind !== 'journal-astray' || ![...foreign].some((path) => path.startsWith(`${file}/`));
    }),
  );
  expect(ours, `${device.folder}, what a verification finds`).toEqual([]);
  expect(verified.map(({ unpushed }) => unpushed)).toEqual(device.clones.map(() => 0));
}

async function judgeClone(clone: string, number: number, { texts, files }: Acknowledged): Promise<void> {
  await git(clone, 'fsck', '--no-dangling');
  await whenClean(clone);
  await eventually(async () => {
    expect(await locksIn(clone), `${clone}: locks that are left`).toEqual([]);
    return true;
  });
  const held = await textsOnBranch(clone);
  const lost = [...texts].flatMap(([id, said]) =>
    [...said].flatMap(([text, where]) =>
      where.has(number) && !held.get(id)?.has(text) ? [lostText(clone, id, text)] : [],
    ),
  );
  const away = [...(await takenAway(clone)), ...(await missingAt(clone, 'main', files.get(number) ?? []))];
  if (lost.length + away.length === 0) return;
  throw new Error([`${clone}:`, ...(await Promise.all(lost)), ...away].join('\n'));
}

/** Says of a text that no journal has whether another file of the branch has it. */
async function lostText(clone: string, id: string, text: string): Promise<string> {
  const [line = ''] = text.split('\n');
  const files = await git(clone, 'grep', '--files-with-matches', '--fixed-strings', line, 'main').catch(
    () => '',
  );
  const where = files === '' ? 'no file of the branch has it' : `it is in ${files.replaceAll('\n', ', ')}`;
  return `LOST: "${text.slice(0, 80)}" of ${id} was answered and is in no journal of the branch; ${where}`;
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
