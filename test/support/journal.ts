import { createHash } from 'node:crypto';
import { git, gitBytes } from './git.ts';

/** One line of a journal as raw git has it. */
export interface JournalLine {
  path: string;
  /** The line's bytes as text, without LF. */
  raw: string;
  value: Record<string, unknown> & { id: string; revision: number; text: string };
}

/** The paths of all journals of a revision. */
export async function journalPaths(clone: string, revision = 'main'): Promise<string[]> {
  const list = await git(clone, 'ls-tree', '-r', '-z', '--name-only', revision, '--', 'messages/');
  return list.split('\0').filter((path) => path.endsWith('.jsonl'));
}

/** Every line of every journal of a revision, as raw git has them; each must be ended by LF. */
export async function journalLines(clone: string, revision = 'main'): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  for (const path of await journalPaths(clone, revision)) {
    const bytes = await gitBytes(clone, 'cat-file', 'blob', `${revision}:${path}`);
    lines.push(...splitJournal(path, bytes));
  }
  return lines;
}

function splitJournal(path: string, bytes: Buffer): JournalLine[] {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (text !== '' && !text.endsWith('\n')) throw new Error(`${path} does not end with LF`);
  const raws = text.split('\n').slice(0, -1);
  return raws.map((raw) => ({ path, raw, value: JSON.parse(raw) as JournalLine['value'] }));
}

/**
 * The lines that one commit added, all in one journal; that it did nothing else, apart from adding files that those
 * lines name, is part of the question.
 */
export async function linesOfCommit(clone: string, commit: string): Promise<JournalLine[]> {
  const raw = await git(clone, 'diff-tree', '--root', '-r', '-z', '--no-commit-id', '--raw', commit);
  const changes = [...raw.matchAll(/:\d+ (\d+) (\w+) (\w+) (\w)\0([^\0]+)\0/g)];
  const [files, journals] = [changes.filter(isNewFile), changes.filter((change) => !isNewFile(change))];
  const [[, mode, before = '', after = '', , path = ''] = [], ...more] = journals;
  if (more.length > 0 || mode !== '100644' || !path.startsWith('messages/')) {
    throw new Error(`${commit} changes other things than one journal: ${raw.replaceAll('\0', ' ')}`);
  }
  const blob = (id: string) => gitBytes(clone, 'cat-file', 'blob', id);
  const old = /^0+$/.test(before) ? Buffer.alloc(0) : await blob(before);
  const now = await blob(after);
  if (!now.subarray(0, old.length).equals(old)) throw new Error(`${commit} does more than append to ${path}`);
  const lines = splitJournal(path, now.subarray(old.length));
  const stray = files.filter(
    ([, , , , , file = '']) => !lines.some((line) => line.raw.includes(file.slice(15, 79))),
  );
  if (stray.length > 0) throw new Error(`${commit} adds files that its lines do not name: ${stray.join()}`);
  return lines;
}

const isNewFile = ([, mode, , , status, path = '']: RegExpExecArray): boolean =>
  status === 'A' && mode === '100644' && path.startsWith('attachments/');

/** What `parents` name a line by. */
export const hashOfLine = (raw: string): string =>
  createHash('sha256').update(raw, 'utf8').digest('hex').slice(0, 16);

/** A line as another gitpost would have written it. */
export function lineOf(members: { id: string; text: string } & Record<string, unknown>): string {
  const { id, revision = 1, parents, author = 'Outside', type = 'text', text, ...rest } = members;
  const { createdAt = '2026-10-01T10:00:00.000Z', updatedAt, deletedAt, ...others } = rest;
  const line = {
    v: 1,
    id,
    revision,
    parents,
    author,
    type,
    ...others,
    text,
    createdAt,
    updatedAt,
    deletedAt,
  };
  return JSON.stringify(line);
}
