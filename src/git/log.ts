import { isJournal, JOURNAL_FOLDER } from '../journal/path.ts';
import { records } from './records.ts';
import { type GitContext, output } from './run.ts';
import { NO_GITMODULES } from './settings.ts';
import type { JournalChange } from './tree.ts';

/** A commit according to its trailers. */
export interface TrailerCommit {
  readonly commit: string;
  /** The author's time in seconds since 1970. */
  readonly time: number;
  /** The messages that it names; empty if it is not one of our commits. */
  readonly ids: readonly string[];
}

/** A commit with the journal files it changed, compared with its first parent. */
export interface FileCommit {
  readonly commit: string;
  readonly changes: readonly JournalChange[];
}

const FIELDS = 3;

/** The commits of a range that change journal files, parents before children, some at a time. */
export async function* logTrailers(
  context: GitContext,
  range: readonly string[],
): AsyncGenerator<readonly TrailerCommit[]> {
  const format = '--format=%H%x00%at%x00%(trailers:key=Message-Id,valueonly,separator=%x2C)';
  const args = ['log', '--reverse', '--topo-order', '--full-history', '-z', format];
  let fields: string[] = [];
  for await (const more of records(context, [...args, ...range, '--', JOURNAL_FOLDER])) {
    fields.push(...more);
    const whole = fields.length - (fields.length % FIELDS);
    const commits: TrailerCommit[] = [];
    for (let index = 0; index < whole; index += FIELDS) {
      const ids = (fields[index + 2] ?? '').split(',').map((id) => id.trim().toLowerCase());
      const commit = fields[index] ?? '';
      commits.push({ commit, time: Number(fields[index + 1]), ids: ids.filter((id) => id !== '') });
    }
    fields = fields.slice(whole);
    yield commits;
  }
}

/** The journal changes made by the commits of a range, parents before children. */
export const logFiles = (context: GitContext, range: readonly string[]): Promise<FileCommit[]> =>
  changesOf(context, ['--reverse', '--topo-order', '--full-history', ...range]);

/** The journal changes made by the given commits, in the given order. */
export const filesOf = (context: GitContext, commits: readonly string[]): Promise<FileCommit[]> =>
  changesOf(context, ['--no-walk=unsorted', '--stdin'], commits.join('\n'));

async function changesOf(context: GitContext, which: readonly string[], input = ''): Promise<FileCommit[]> {
  const shown = ['-z', '--raw', '--no-abbrev', '--no-renames', NO_GITMODULES, '--root', '--format=%x01%H'];
  const args = ['log', ...shown, '--diff-merges=first-parent', ...which, '--', JOURNAL_FOLDER];
  const fields = (await output(context, args, { input })).toString('utf8').split('\0');
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
