import { setImmediate } from 'node:timers/promises';
import { JOURNAL_FOLDER } from '../journal/path.ts';
import { type GitContext, GitError, GitProcess } from './run.ts';

/** A commit of the history, without its lines. */
export interface PatchCommit {
  readonly commit: string;
  readonly merge: boolean;
  /** The messages that its trailers name. */
  readonly ids: readonly string[];
  /** Whether it has the trailer that every commit made by a gitpost has. */
  readonly ours: boolean;
}

/** Receives a history while it is being read: each commit, then the lines that it added and removed, without LF. */
export interface PatchReader {
  readonly commit: (commit: PatchCommit) => void;
  readonly added: (line: Buffer) => void;
  readonly removed: (line: Buffer) => void;
}

const FORMAT =
  '--format=%x00%H%x00%P%x00%(trailers:key=Message-Id,valueonly,unfold,separator=%x2C)%x00%(trailers:key=Device,valueonly,unfold,separator=%x2C)';

// Overrides what a person's settings or a repository's attributes say about how a diff is shown.
const PLAIN = [
  '--text',
  '--unified=0',
  '--inter-hunk-context=0',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-renames',
  '--no-show-signature',
  '--ignore-submodules=all',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

/**
 * Reads which journal lines each commit added and removed, parents before children, compared with its first parent.
 * The output is processed as git writes it, so a long history is never in memory as a whole.
 */
export async function readPatches(
  context: GitContext,
  tip: string,
  reader: PatchReader,
  signal: AbortSignal,
): Promise<void> {
  const order = ['log', '--reverse', '--topo-order', '--full-history', '--root', '-p'];
  const merges = '--diff-merges=first-parent';
  const git = new GitProcess(context, [...order, merges, ...PLAIN, FORMAT, tip, '--', JOURNAL_FOLDER]);
  const stop = () => git.kill();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let stderr = '';
  git.onWords((text) => {
    stderr = (stderr + text).slice(-4096);
  });
  git.end();
  try {
    const take = lineSplitter(patchParser(reader));
    for await (const chunk of git.output()) {
      take(chunk);
      // git writes faster than we read, so give the event loop a turn.
      await setImmediate();
    }
    const code = await git.code();
    signal.throwIfAborted();
    if (code !== 0) throw new GitError('log', { code, stderr });
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

const LF = 0x0a;

/** Splits chunks into lines. A line that spans many chunks is joined only once. */
function lineSplitter(onLine: (line: Buffer) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const part = chunk.subarray(start, end);
      onLine(parts.length === 0 ? part : Buffer.concat([...parts, part]));
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  };
}

/** Parses `git log -p`. Lines are counted inside a hunk, so no text can be mistaken for a header. */
function patchParser({ commit, added, removed }: PatchReader): (line: Buffer) => void {
  let [toRemove, toAdd] = [0, 0];
  let isJournal = false;
  return (line) => {
    const sign = line[0];
    if (toRemove > 0 && sign === MINUS) {
      toRemove -= 1;
      if (isJournal) removed(line.subarray(1));
    } else if (toAdd > 0 && sign === PLUS) {
      toAdd -= 1;
      if (isJournal) added(line.subarray(1));
    } else if (sign === 0) {
      commit(readHeader(line.toString('utf8')));
    } else if (line.subarray(0, 11).toString('latin1') === 'diff --git ') {
      // The name comes last. git adds a closing quote if it has to quote the name.
      isJournal = /\.jsonl"?$/.test(line.toString('latin1'));
    } else {
      const [, before = '1', after = '1'] =
        /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line.subarray(0, 80).toString('latin1')) ?? [];
      if (sign === AT) [toRemove, toAdd] = [Number(before), Number(after)];
    }
  };
}

const [MINUS, PLUS, AT] = [0x2d, 0x2b, 0x40];

function readHeader(text: string): PatchCommit {
  const [, commit = '', parents = '', ids = '', device = ''] = text.split('\0');
  return {
    commit,
    merge: parents.includes(' '),
    ids: ids
      .split(',')
      .map((id) => id.trim().toLowerCase())
      .filter((id) => id !== ''),
    ours: device !== '',
  };
}
