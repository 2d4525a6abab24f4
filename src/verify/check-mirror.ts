import { setTimeout as delay } from 'node:timers/promises';
import { resolve } from '../git/refs.ts';
import { Snapshot } from '../mirror/files/snapshot.ts';
import { readStored } from '../mirror/stored.ts';
import type { Examined } from './examine.ts';
import type { Findings } from './findings.ts';
import { type Compared, compareMirror, type MirrorView } from './mirror.ts';

export interface MirrorSource {
  readonly mirrorDirectory: string;
  /** The mirror of a running gitpost. Without it, the mirror in the files is checked. */
  readonly mirror: MirrorView | undefined;
}

/** How long the mirror may be behind the branch while a gitpost is working. */
const BEHIND_MS = 5000;
const FILE_ATTEMPTS = 3;

/** Compares the mirror with the branches. Returns how many messages it holds. */
export async function checkMirror(
  { mirror, mirrorDirectory }: MirrorSource,
  examined: readonly Examined[],
  findings: Findings,
): Promise<number> {
  const snapshot = new Snapshot(mirrorDirectory);
  const broken = await snapshot.check();
  if (broken !== 'absent') for (const file of broken) findings.add(damaged(file));
  const isFound = broken !== 'absent' && broken.length === 0;
  if (broken === 'absent' && !mirror) findings.add(ABSENT);
  const compared = examined.flatMap(({ subject, read, ...one }): Compared[] =>
    read ? [{ ...subject, ...one, contents: read.contents }] : [],
  );
  for (let attempt = 1; attempt <= FILE_ATTEMPTS; attempt += 1) {
    const view = mirror ?? (isFound ? await readStored(mirrorDirectory) : undefined);
    const messages = view && (await compareMirror(view, compared));
    if (messages !== undefined) {
      for (const { contents, findings: own } of compared) {
        for (const [hash, child] of contents.orphans) own.add(orphan(hash, child));
      }
      return messages;
    }
    if (!isFound) return 0;
  }
  findings.add(RESTLESS);
  return 0;
}

/** The mirror may be behind the branch for a moment, but it must catch up. */
export async function checkBehind(
  { mirror, mirrorDirectory }: MirrorSource,
  { subject: { git, name }, branch, findings }: Examined,
  isRunning: boolean,
  signal: AbortSignal,
): Promise<void> {
  const coveredNow = async () => (mirror ?? (await readStored(mirrorDirectory)))?.covered(name);
  const first = await coveredNow();
  const deadline = Date.now() + (isRunning ? BEHIND_MS : 0);
  for (let covered = first; covered; covered = await coveredNow()) {
    const isOn =
      covered.head !== first?.head || covered.head === (await resolve(git, `refs/heads/${branch}`));
    if (isOn) return;
    if (Date.now() >= deadline) return findings.add(behind(covered.head, isRunning));
    await delay(200, undefined, { signal });
  }
}

const ABSENT = {
  kind: 'mirror-absent',
  severity: 'notice',
  detail: 'There is no mirror, so it was not compared.',
  action: 'gitpost creates it from the commits when it starts.',
} as const;

const RESTLESS = {
  kind: 'mirror-behind',
  severity: 'notice',
  detail: 'The mirror was written again each time it was read, so it was not compared.',
  action: 'Use GET /verify of the running gitpost.',
} as const;

const damaged = (file: string) =>
  ({
    kind: 'mirror-damaged',
    severity: 'wrong',
    detail: 'The file of the mirror is missing, cut short or changed.',
    action: 'The commits are right. Stop gitpost, delete the mirror folder in DATA_DIR, and start again.',
    file,
  }) as const;

const behind = (commit: string | null, isRunning: boolean) =>
  ({
    kind: 'mirror-behind',
    severity: isRunning ? 'wrong' : 'notice',
    detail: 'The branch is not at the commit that the mirror agrees with.',
    action: isRunning
      ? 'gitpost should have noticed by now. Call GET /repositories; if that changes nothing, restart gitpost.'
      : 'Nothing to do: gitpost reads what is new when it starts.',
    ...(commit === null ? {} : { commit }),
  }) as const;

const orphan = (hash: string, { id, file, line }: { id: string; file: string; line: number }) =>
  ({
    kind: 'parent-missing',
    severity: 'notice',
    detail: `The line replaces another one (${hash}) that no repository has.`,
    action: 'The message is shown correctly, but an earlier revision is missing from its history.',
    ...{ id, file, line },
  }) as const;
