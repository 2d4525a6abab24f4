import type { Change } from '../../domain/message.ts';
import type { Line } from '../../journal/line.ts';
import type { Database } from '../../mirror/database.ts';
import { type Entry, type FoundLine, withChanges } from '../../mirror/entry.ts';

/** A message before and after a change of the mirror; `undefined` if it does not exist. */
export interface EntryChange {
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

const LINES_A_TURN = 200;

/** Records in the mirror which lines a repository now holds in addition, and which it no longer holds. */
export async function mirrorLines(
  mirror: Database,
  repository: string,
  added: readonly FoundLine[],
  removed: readonly Line[] = [],
): Promise<EntryChange[]> {
  const steps = new Map<string, { add: FoundLine[]; remove: Line[] }>();
  const stepOf = (id: string) => {
    const step = steps.get(id) ?? { add: [], remove: [] };
    steps.set(id, step);
    return step;
  };
  for (const found of added) stepOf(found.line.id).add.push(found);
  for (const line of removed) stepOf(line.id).remove.push(line);
  const changes: EntryChange[] = [];
  let turn = 0;
  for (const [id, { add, remove }] of steps) {
    let change: EntryChange | undefined;
    await mirror.update(id, (before) => {
      const after = withChanges(before, repository, add, remove);
      change = { before, after };
      return after;
    });
    if (change) changes.push(change);
    turn += 1;
    if (turn % LINES_A_TURN === 0) await pause(mirror);
  }
  return changes;
}

/**
 * Records the commits of lines that a repository still holds. Lines that were removed in the meantime must not come
 * back.
 */
export async function noteCommits(
  mirror: Database,
  repository: string,
  found: readonly FoundLine[],
): Promise<void> {
  const byId = new Map<string, FoundLine[]>();
  for (const one of found) {
    const lines = byId.get(one.line.id);
    if (lines) lines.push(one);
    else byId.set(one.line.id, [one]);
  }
  let turn = 0;
  for (const [id, lines] of byId) {
    await mirror.update(id, (entry) => {
      const held = lines.filter(({ line }) => entry?.held.get(line.hash)?.commits.has(repository));
      return held.length === 0 ? entry : withChanges(entry, repository, held);
    });
    turn += 1;
    if (turn % LINES_A_TURN === 0) await pause(mirror);
  }
}

/** Between many lines, as after a first pull, frees memory and lets requests be answered. */
async function pause(mirror: Database): Promise<void> {
  await mirror.room();
  await new Promise((resolve) => setImmediate(resolve));
}

/** What a change means to a reader: `undefined` if only where the message is held has changed. */
export function changeOf({ before, after }: EntryChange): Change | undefined {
  if (headsOf(before) === headsOf(after)) return undefined;
  const [was, is] = [isShown(before), isShown(after)];
  if (is) return before === undefined ? 'created' : 'updated';
  return was ? 'deleted' : undefined;
}

const isShown = (entry: Entry | undefined): boolean =>
  entry !== undefined && entry.folded.current.deletedAt === undefined;

/** The heads of a message as one string. Two messages with the same heads read the same. */
export const headsOf = (entry: Entry | undefined): string =>
  entry === undefined
    ? ''
    : entry.folded.heads
        .map((line) => line.hash)
        .sort()
        .join('.');
