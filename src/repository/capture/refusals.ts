import { UnreadableLine } from '../../clone/chain.ts';
import type { Clone } from '../../clone/clone.ts';
import { MissingFile } from '../../clone/line-files.ts';
import { type Failure, fail } from '../../domain/result.ts';
import { isDiskFull } from '../../git/disk-full.ts';
import { NotAppended } from '../../git/importer.ts';
import { GitError, GitHung } from '../../git/run.ts';

/** The answer if a message could not be captured. */
type Refusal = { readonly ok: false; readonly failure: Failure };

/** The answer while a repository is closing. The manager then tries the repository that takes its place. */
export const closing = (name: string) =>
  fail(
    'unavailable',
    `${name} is being closed: it is being renamed or removed, or gitpost is stopping. The message was not saved there; try again.`,
    { retryAfter: 2 },
  );

export const unsafe = (name: string): Refusal =>
  fail(
    'unavailable',
    `The repository ${name} has a link or a file instead of the folder "messages" or "attachments", so nothing is written there. ` +
      'The message was not saved in it. Make it a folder again with a commit of your own.',
  );

export const nested = ({ name, settings }: Clone, other: string): Refusal =>
  fail(
    'unavailable',
    `The clone of ${name} has the branch ${other}, so git cannot create the branch ${settings.branch}, to which messages are captured. ` +
      `The message was not saved there. Rename or delete the branch ${other}, or choose another branch for ${name}.`,
  );

export const locked = (name: string): Refusal =>
  fail(
    'unavailable',
    `Another git process holds a lock on the branch of ${name}. The message was not saved there. ` +
      'Try again. If that does not help, look for a stale *.lock file in the .git folder of the clone.',
    { retryAfter: 2 },
  );

const notAppended = (name: string, words: string): Refusal =>
  fail(
    'unavailable',
    `${words}. Nothing was written to ${name}; what it holds is safe. The message was not saved there; try again.`,
    { retryAfter: 5 },
  );

const missingFile = (name: string, words: string): Refusal =>
  fail(
    'unavailable',
    `${words}. The message was not saved in ${name}. Upload the file again, and then send the message again.`,
    { retryAfter: 5 },
  );

const hung = (name: string, { stderr }: GitHung): Refusal =>
  fail(
    'unavailable',
    `git makes no progress in ${name}: ${stderr}, and a second try ended the same way. The disk may be slow or broken. ` +
      'The message was not saved there; try again.',
    { retryAfter: 5 },
  );

/**
 * Why git, or one of our own checks, did not accept a batch. git's own message names what is wrong (a full disk, a
 * folder that can't be written); its first line is enough.
 */
export function refusalOf({ name }: Clone, error: unknown): Refusal {
  if (error instanceof UnreadableLine)
    return fail(
      'unwritable',
      `${error.message}, so it could not be read back. Nothing was written to ${name}.`,
    );
  if (error instanceof MissingFile) return missingFile(name, error.message);
  if (error instanceof NotAppended) return notAppended(name, error.stderr);
  if (error instanceof GitHung) return hung(name, error);
  const words = error instanceof GitError ? error.stderr : String((error as Error).message ?? error);
  const reason = (words.trim().split('\n')[0] ?? '').replace(/\.?$/, '.');
  const isFull = isDiskFull(words);
  return fail(
    'unavailable',
    `${isFull ? `The disk with ${name} is full` : `git could not write to ${name}`}: ${reason} The message was not saved there; try again.`,
    {
      retryAfter: 5,
    },
  );
}
