import { isAncestor, resolve } from '../git/refs.ts';
import type { GitContext } from '../git/run.ts';
import { parentName } from '../journal/line.ts';
import type { Covered } from '../mirror/covered.ts';
import type { Entry } from '../mirror/entry.ts';
import { MirrorBroken } from '../mirror/errors.ts';
import { shownIn } from '../mirror/search/filter.ts';
import { type BranchContents, changedLines } from './branch.ts';
import type { Findings } from './findings.ts';
import { isBroughtBy } from './history.ts';

const LINES_A_TURN = 10_000;

/** The mirror to verify: that of a running gitpost, or its files. */
export interface MirrorView {
  readonly covered: (repository: string) => Covered | undefined;
  readonly countIn: (repository: string) => number;
  readonly walk: () => AsyncGenerator<readonly Entry[]>;
  /** A message as it is now, if the mirror can change while it is read. */
  readonly read?: (id: string) => Promise<Entry | undefined>;
}

/** A repository's branch that the mirror is compared with. */
export interface Compared {
  readonly name: string;
  readonly git: GitContext;
  readonly branch: string;
  readonly head: string | null;
  readonly contents: BranchContents;
  readonly findings: Findings;
}

interface Difference {
  readonly hash: string;
  readonly id: string;
  readonly commit: string | null;
}

/** What was seen of one repository while reading the mirror. */
interface Seen {
  readonly compared: Compared;
  readonly covered: Covered | undefined;
  readonly counted: number;
  readonly hashes: Set<string>;
  readonly extra: Difference[];
  readonly wrongCommit: Difference[];
  shown: number;
}

/** Returns how many messages the mirror holds, or `undefined` if one of its files disappeared on the way. */
export async function compareMirror(
  view: MirrorView,
  repositories: readonly Compared[],
): Promise<number | undefined> {
  const all = new Map(repositories.map((compared) => [compared.name, begin(view, compared)]));
  let messages = 0;
  try {
    for await (const entries of view.walk()) {
      for (const entry of entries) see(all, entry);
      messages += entries.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
  } catch (error) {
    if (error instanceof MirrorBroken) return undefined;
    throw error;
  }
  for (const seen of all.values()) await judge(view, seen);
  return messages;
}

const begin = (view: MirrorView, compared: Compared): Seen => ({
  compared,
  covered: view.covered(compared.name),
  counted: view.countIn(compared.name),
  hashes: new Set(),
  extra: [],
  wrongCommit: [],
  shown: 0,
});

function see(all: ReadonlyMap<string, Seen>, entry: Entry): void {
  for (const name of shownIn(entry)) {
    const seen = all.get(name);
    if (seen) seen.shown += 1;
  }
  for (const [hash, { commits }] of entry.held) {
    for (const { compared } of all.values()) compared.contents.orphans.delete(parentName(hash));
    for (const [name, commit] of commits) {
      const seen = all.get(name);
      if (!seen) continue;
      seen.hashes.add(hash);
      const line = seen.compared.contents.lines.get(hash);
      if (!line) seen.extra.push({ hash, id: entry.id, commit });
      else if (commit !== null && !isBroughtBy(line, commit))
        seen.wrongCommit.push({ hash, id: entry.id, commit });
    }
  }
}

/**
 * Evaluates the differences. The mirror was read some time after the branch, and records itself which commit it
 * agrees with. Lines that came or went between the two, or since, are ignored.
 */
async function judge(view: MirrorView, seen: Seen): Promise<void> {
  const { compared, covered } = seen;
  const { git, head, contents, findings, name } = compared;
  // The mirror knows nothing about it: it is being rebuilt, or will be at the next start.
  if (!covered || !view.covered(name)) return;
  const at = covered.head === null ? null : await resolve(git, covered.head);
  if (covered.head !== null && at === null) return;
  const now = await resolve(git, `refs/heads/${compared.branch}`);
  const unsettled = await changedLines(git, head, at);
  for (const hash of await changedLines(git, at, now)) unsettled.add(hash);
  const isHeld = async ({ id, hash }: Pick<Difference, 'id' | 'hash'>) =>
    (await view.read?.(id))?.held.get(hash)?.commits;

  let turn = 0;
  for (const [hash, { id, file, line }] of contents.lines) {
    turn += 1;
    if (turn % LINES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    if (seen.hashes.has(hash) || unsettled.has(hash)) continue;
    if ((await isHeld({ id, hash }))?.has(name)) continue;
    findings.add({ ...LACKS, ...{ id, file, line } });
  }
  for (const { id, hash } of seen.extra) {
    if (unsettled.has(hash) || (view.read && !(await isHeld({ id, hash }))?.has(name))) continue;
    findings.add({ ...EXTRA, id });
  }
  if (await isOneHistory(git, head, at)) {
    for (const { id, hash, commit } of seen.wrongCommit) {
      const line = contents.lines.get(hash);
      const by = (await isHeld({ id, hash }))?.get(name) ?? commit;
      if (!line || by === null || unsettled.has(hash) || isBroughtBy(line, by)) continue;
      findings.add({ ...(await commitFault(git, by, head)), id, file: line.file, line: line.line });
    }
  }
  const isAtRest = view.countIn(name) === seen.counted && view.covered(name)?.head === covered.head;
  if (isAtRest && seen.shown !== seen.counted) findings.add(countFault(seen.shown, seen.counted));
}

async function isOneHistory(git: GitContext, head: string | null, at: string | null): Promise<boolean> {
  if (head === null || at === null) return head === at;
  return (await isAncestor(git, at, head)) || (await isAncestor(git, head, at));
}

const REMAKE = 'The commits are right. Stop gitpost, delete the mirror folder in DATA_DIR, and start again.';

const LACKS = {
  kind: 'mirror-lacks',
  severity: 'wrong',
  detail: 'The branch has this line, but the mirror does not.',
  action: REMAKE,
} as const;

const EXTRA = {
  kind: 'mirror-extra',
  severity: 'wrong',
  detail: 'The mirror has a line of this message that is not on the branch.',
  action: REMAKE,
} as const;

async function commitFault(git: GitContext, commit: string, head: string | null) {
  const isThere = (await resolve(git, commit)) !== null;
  const isOn = isThere && head !== null && (await isAncestor(git, commit, head));
  const what = isOn ? 'did not add this line' : isThere ? 'is not on the branch' : 'is not there';
  return {
    kind: 'mirror-commit',
    severity: 'wrong',
    detail: `The commit that the mirror names for this line ${what}.`,
    action: REMAKE,
    commit,
  } as const;
}

const countFault = (shown: number, counted: number) =>
  ({
    kind: 'mirror-count',
    severity: 'wrong',
    detail: `The mirror counts ${counted} current messages but has ${shown}.`,
    action: REMAKE,
  }) as const;
