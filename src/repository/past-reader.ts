import { Mutex } from '../async/mutex.ts';
import type { Clone } from '../clone/clone.ts';
import { commitsOnBranch, lostSince, readCommitLines } from '../clone/commit-lines.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import type { Line } from '../journal/line.ts';
import type { Database } from '../mirror/database.ts';
import { type CommitLines, type Past, pastOf } from '../mirror/past.ts';

/** How many commits stay in memory, since a reader asks for one page after the other. */
const KEPT_COMMITS = 2;
/** The most that is kept in memory of lines that are no longer on any branch. In characters. */
const MOST_REMOVED = 32 * 1024 * 1024;

/** A line of a commit that the mirror no longer holds, and whether the mirror still knows its message. */
interface Removed {
  readonly line: Line;
  readonly isKnown: boolean;
}

/** Reads what the journals of a clone held at commits of its branch. */
export class PastReader {
  readonly #clone: Clone;
  readonly #mirror: Database;
  readonly #signal: AbortSignal;
  /** One commit is read at a time, however many are requested. */
  readonly #reading = new Mutex();
  readonly #lines = new Map<string, Promise<CommitLines>>();
  #removed: { readonly range: string; readonly lines: Promise<Result<readonly Removed[]>> } | undefined;

  /** @param signal stops what is being read */
  constructor(clone: Clone, mirror: Database, signal: AbortSignal) {
    this.#clone = clone;
    this.#mirror = mirror;
    this.#signal = signal;
  }

  /** The commits of the branch that match an id or its first digits. */
  find(digits: string): Promise<readonly string[]> {
    return commitsOnBranch(this.#clone, digits);
  }

  /**
   * The messages as of a commit. `invalid` if more lines were removed since then than can be shown.
   *
   * @param repositories all repositories that have the commit on their branch
   */
  async read(commit: string, repositories: readonly string[]): Promise<Result<Past>> {
    const lines = await this.#linesAt(commit);
    const removed = await this.#removedSince(commit);
    return removed.ok ? ok(pastOf(lines, repositories, removed.value)) : removed;
  }

  #linesAt(commit: string): Promise<CommitLines> {
    const known = this.#lines.get(commit) ?? this.#read(commit);
    this.#lines.delete(commit);
    this.#lines.set(commit, known);
    known.catch(() => this.#lines.delete(commit));
    const [oldest] = this.#lines.keys();
    if (this.#lines.size > KEPT_COMMITS && oldest !== undefined) this.#lines.delete(oldest);
    return known;
  }

  #read(commit: string): Promise<CommitLines> {
    return this.#reading.run(() => readCommitLines(this.#clone, commit, this.#signal));
  }

  #removedSince(commit: string): Promise<Result<readonly Removed[]>> {
    const { tip } = this.#clone;
    const range = `${commit} ${tip}`;
    if (this.#removed?.range === range) return this.#removed.lines;
    const lines = tip === null ? Promise.resolve(ok([])) : this.#findRemoved(commit, tip);
    this.#removed = { range, lines };
    const forget = () => {
      if (this.#removed?.lines === lines) this.#removed = undefined;
    };
    lines.then((found) => !found.ok && forget(), forget);
    return lines;
  }

  async #findRemoved(commit: string, tip: string): Promise<Result<readonly Removed[]>> {
    const removed = new Map<string, Removed>();
    let characters = 0;
    for await (const line of lostSince(this.#clone, commit, tip)) {
      // It may have moved to another file.
      const entry = await this.#mirror.read(line.id);
      if (entry?.held.has(line.hash) || removed.has(line.hash)) continue;
      removed.set(line.hash, { line, isKnown: entry !== undefined });
      characters += line.raw.length;
      if (characters > MOST_REMOVED) return tooMuch(commit);
    }
    return ok([...removed.values()]);
  }
}

const tooMuch = (commit: string) => {
  const detail = `asOf names a commit with more lines that were removed since than can be shown; git show ${commit} has them`;
  return fail('invalid', `That commit cannot be shown: ${detail}.`, { errors: [{ field: 'asOf', detail }] });
};
