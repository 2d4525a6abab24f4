import { createHash } from 'node:crypto';
import { listAttachments, readBlob } from '../git/files.ts';
import type { GitContext } from '../git/run.ts';
import { attachmentOf } from '../journal/path.ts';
import type { Findings } from './findings.ts';

/** A line that names a file. */
export interface Named {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** Whether the message shows the file now, rather than only in its history. */
  readonly isCurrent: boolean;
}

/** Compares every attachment of a commit with its name, and with the lines that name one. */
export async function checkAttachments(
  git: GitContext,
  head: string | null,
  named: ReadonlyMap<string, Named>,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const present = new Set<string>();
  for (const { path, id } of head === null ? [] : await listAttachments(git, head)) {
    signal.throwIfAborted();
    const sha256 = attachmentOf(path) ?? '';
    if ((await hashOf(git, id)) === sha256) present.add(sha256);
    else findings.add(damaged(path));
    if (!named.has(sha256)) findings.add(unnamed(path));
  }
  for (const [sha256, place] of named) if (!present.has(sha256)) findings.add(missing(sha256, place));
}

async function hashOf(git: GitContext, id: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readBlob(git, id)) hash.update(chunk);
  return hash.digest('hex');
}

const damaged = (file: string) =>
  ({
    kind: 'attachment-damaged',
    severity: 'wrong',
    detail: 'The content of the file does not match its name: its SHA-256 differs.',
    action: 'See who changed it (git log -p of the file), and restore the earlier content with a commit.',
    file,
  }) as const;

const unnamed = (file: string) =>
  ({
    kind: 'attachment-unnamed',
    severity: 'notice',
    detail: 'No line names this file.',
    action: 'Nothing to do. If nobody needs it, delete it with a commit of your own.',
    file,
  }) as const;

const missing = (sha256: string, { id, file, line, isCurrent }: Named) =>
  ({
    kind: 'attachment-missing',
    severity: isCurrent ? 'wrong' : 'notice',
    detail: `The line names a file that the branch does not have: ${sha256}.`,
    action: isCurrent
      ? 'Upload the file again and add it to the message, or remove it from the message.'
      : 'Nothing to do: only an earlier or deleted version of the message names it, as after a purge.',
    ...{ id, file, line },
  }) as const;
