import { isJournal, JOURNAL_FOLDER } from '../journal/path.ts';
import { type GitContext, output } from './run.ts';
import type { JournalChange } from './tree.ts';

/** A commit as its trailers tell it. */
export interface TrailerCommit {
  readonly commit: string;
  /** The author's time in seconds since 1970. */
  readonly time: number;
  readonly ids: readonly string[];
}

/** A commit as the journal files tell it that it brought to another content, against its first parent. */
export interface FileCommit {
  readonly commit: string;
  readonly changes: readonly JournalChange[];
}

/** The commits of a range that name messages in their trailers, parents before children. */
export async function logTrailers(context: GitContext, range: readonly string[]): Promise<TrailerCommit[]> {
  const format = '--format=%H%x00%at%x00%(trailers:key=Message-Id,valueonly,separator=%x2C)';
  const args = ['log', '--reverse', '--topo-order', '--no-merges', '--full-history', '-z', format];
  const fields = (await output(context, [...args, ...range, '--', JOURNAL_FOLDER]))
    .toString('utf8')
    .split('\0');
  const commits: TrailerCommit[] = [];
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const ids = (fields[index + 2] ?? '').split(',').map((id) => id.trim().toLowerCase());
    if (ids[0] === '') continue;
    commits.push({ commit: fields[index] ?? '', time: Number(fields[index + 1]), ids });
  }
  return commits;
}

/** The commits of a range that change journal files, parents before children. */
export async function logFiles(context: GitContext, range: readonly string[]): Promise<FileCommit[]> {
  const args = [
    'log',
    '--reverse',
    '--topo-order',
    '--full-history',
    '-z',
    '--raw',
    '--no-abbrev',
    '--no-renames',
  ];
  const merges = ['--diff-merges=first-parent', '--root', '--format=%x01%H'];
  const fields = (await output(context, [...args, ...merges, ...range, '--', JOURNAL_FOLDER]))
    .toString('utf8')
    .split('\0');
  const commits: { commit: string; changes: JournalChange[] }[] = [];
  for (let index = 0; index < fields.length; index += 1) {
    const field = (fields[index] ?? '').replace(/^\n/, '');
    if (field.startsWith('\x01')) {
      commits.push({ commit: field.slice(1), changes: [] });
    } else if (field.startsWith(':')) {
      index += 1;
      const path = fields[index] ?? '';
      const [oldMode = '', newMode = '', before = '', after = ''] = field.slice(1).split(' ');
      if (!isJournal(path)) continue;
      const change = { path, before: side(oldMode, before), after: side(newMode, after) };
      commits.at(-1)?.changes.push(change);
    }
  }
  return commits;
}

const side = (mode: string, id: string): string | null => (mode.startsWith('100') ? id : null);
