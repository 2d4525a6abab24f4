import { appendFile, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { capture } from '../acknowledged.ts';
import type { Device } from '../device.ts';
import { git } from '../git.ts';
import type { Life } from '../take-step.ts';
import { eventually } from '../wait.ts';
import { whenClean } from '../when-clean.ts';

/** Index and work tree follow a capture within a second. */
const FOLLOW_MS = 1500;

/** The index is lost, or the work tree is elsewhere for a while; messages come meanwhile, and a person's commit later. */
export async function loseIndex(life: Life, on: Device, pick: number, text: string): Promise<void> {
  const [clone] = on.clones;
  await whenClean(clone);
  const isElsewhere = pick % 3 === 0;
  const why = isElsewhere ? 'After the work tree was elsewhere' : 'After the index was lost';
  const say = async (when: string) => {
    await capture(life.acknowledged, on, `${text}, ${when}`, why);
    await perhapsFollowed(on, `${text}, ${when}`);
  };

  if (isElsewhere) {
    const elsewhere = join(on.folder, 'elsewhere');
    await mkdir(elsewhere, { recursive: true });
    await git(clone, 'config', 'core.worktree', elsewhere);
  } else {
    await rm(join(clone, '.git', 'index'), { force: true });
  }
  if (pick % 5 > 0) {
    await say('meanwhile');
    await say('meanwhile, again');
  }
  if (isElsewhere) await git(clone, 'config', '--unset', 'core.worktree');
  else if (pick % 4 > 0) await resetIndex(clone);
  await say('afterwards');
  // Sooner or later the person does it: without an index, a commit of theirs would take away all their own files.
  if (!isElsewhere && pick % 4 === 0) await resetIndex(clone);
  if (pick % 2 === 0) await commitAll(on, text);
}

/** The remedy that our own documentation gives for a lost or broken index. */
async function resetIndex(clone: string): Promise<void> {
  await rm(join(clone, '.git', 'index'), { force: true });
  await git(clone, 'reset', '--quiet');
}

/** Gives the files time to follow. Whether they have to is for the end: `whenClean` says so there. */
async function perhapsFollowed({ clones: [clone] }: Device, text: string): Promise<void> {
  await eventually(
    () =>
      git(clone, 'grep', '--no-index', '--quiet', '--fixed-strings', `${text}"`, '--', 'messages').then(
        () => true,
      ),
    FOLLOW_MS,
  ).catch(() => undefined);
}

/** A person commits a file of their own with `-a`, which takes along whatever else is different. */
async function commitAll({ folder, clones: [clone] }: Device, text: string): Promise<void> {
  const own = `mine-${basename(folder)}.txt`;
  await appendFile(join(clone, own), `${text}\n`);
  await git(clone, 'add', '--', own);
  await git(clone, 'commit', '--quiet', '--all', '-m', `Mine: ${text}`);
}
