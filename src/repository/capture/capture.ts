import { setImmediate as turn } from 'node:timers/promises';
import type { Held } from '../../async/mutex.ts';
import { Tasks } from '../../async/tasks.ts';
import { commitOf, UnreadableLine } from '../../clone/chain.ts';
import { branchRef, type Clone, resolveIn } from '../../clone/clone.ts';
import { type LineFiles, MissingFile } from '../../clone/line-files.ts';
import { goneTrouble, type Presence, replacedTrouble } from '../../clone/presence.ts';
import { fail, ok, type Result } from '../../domain/result.ts';
import { type NewCommit, NotAppended, type StoredFile } from '../../git/importer.ts';
import { findNested } from '../../git/refs.ts';
import { GitError, GitHung } from '../../git/run.ts';
import type { Line } from '../../journal/line.ts';
import type { Database } from '../../mirror/database.ts';
import { begin } from '../reconcile/catch-up.ts';
import { mirrorLines } from '../reconcile/mirror-lines.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';

/** What a capture comes to: the id of the commit that holds the line, durable and mirrored. */
export type Captured = Result<string>;

interface Waiting {
  readonly line: Line;
  readonly files: readonly StoredFile[];
  readonly settle: (captured: Captured) => void;
}

interface Written {
  readonly waiting: Waiting;
  readonly commit: string;
}

const NONE: ReadonlySet<string> = new Set();
const LINES_A_BATCH = 500;
const ANSWERS_A_TURN = 50;
const PATIENCE_MS = 5000;
const GATHER_MS = 30;
const QUIET_TURNS = 3;

/**
 * The write path of one repository. All lines that wait are taken as one batch: one commit each, written by one
 * `git fast-import`, taken into the branch by one compare-and-swap, mirrored, and only then answered.
 */
export class Capturer {
  readonly #clone: Clone;
  readonly #files: LineFiles;
  readonly #mirror: Database;
  readonly #reconciler: Reconciler;
  readonly #presence: () => Promise<Presence>;
  readonly #moved: () => void;
  readonly #onTrouble: (error: unknown) => void;
  #queue: Waiting[] = [];
  #draining: Promise<void> | undefined;
  readonly #storing = new Tasks();
  #isClosed = false;
  /** How many were writing when the last batch was done, and when that was. */
  #writers = { count: 0, at: 0 };

  /**
   * @param files stores the files that lines name
   * @param presence tells whether the clone is where it was, since a commit anywhere else is no one's
   * @param moved is told after each batch that the branch has moved
   * @param onTrouble is told where a durable commit could not be mirrored: the mirror is to be made anew then
   */
  constructor(
    clone: Clone,
    files: LineFiles,
    mirror: Database,
    reconciler: Reconciler,
    presence: () => Promise<Presence>,
    moved: () => void,
    onTrouble: (error: unknown) => void,
  ) {
    this.#onTrouble = onTrouble;
    this.#clone = clone;
    this.#files = files;
    this.#mirror = mirror;
    this.#reconciler = reconciler;
    this.#presence = presence;
    this.#moved = moved;
  }

  /** @param needed the hashes of files without which the line must not be captured */
  async capture(line: Line, needed: ReadonlySet<string> = NONE): Promise<Captured> {
    if (this.#isClosed) return closing(this.#clone.name);
    return line.attachments === undefined
      ? this.#enqueue(line, [])
      : this.#storing.run(() => this.#captureWithFiles(line, needed));
  }

  /** Its files are stored first, while others write. */
  async #captureWithFiles(line: Line, needed: ReadonlySet<string>): Promise<Captured> {
    let files: readonly StoredFile[];
    try {
      files = await this.#files.of(line, needed);
    } catch (error) {
      return (await this.#elsewhere()) ?? refusalOf(this.#clone, error);
    }
    return this.#enqueue(line, files);
  }

  #enqueue(line: Line, files: readonly StoredFile[]): Promise<Captured> {
    return new Promise((settle) => {
      this.#queue.push({ line, files, settle });
      this.#draining ??= this.#drain().finally(() => {
        this.#draining = undefined;
      });
    });
  }

  /** Takes nothing more; resolves once everything that was taken is answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#storing.ended();
    await this.#draining;
  }

  /** Commits files as they are, one commit each, and has the mirror read them. False if that failed. */
  async commitFiles(held: Held, commits: readonly NewCommit[]): Promise<boolean> {
    const clone = this.#clone;
    if (clone.isUnsafe || commits.length === 0) return false;
    const ids = await clone.importer.write(clone.tip, commits);
    const tip = ids.at(-1);
    if (tip === undefined || !(await clone.mover.move(clone.settings.branch, clone.tip, tip))) return false;
    clone.noteUnpushed(ids);
    await this.#reconciler.run(held);
    this.#moved();
    return true;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#gather();
      await this.#clone.mutex.run(async (held) => {
        const batch = this.#queue.slice(0, LINES_A_BATCH);
        this.#queue = this.#queue.slice(LINES_A_BATCH);
        await this.#commit(held, batch).catch((error: unknown) => this.#refuse(held, batch, error));
        this.#writers = { count: batch.length + this.#queue.length, at: Date.now() };
      });
    }
  }

  async #refuse(held: Held, batch: readonly Waiting[], error: unknown): Promise<void> {
    const elsewhere = await this.#elsewhere();
    if (elsewhere === undefined) await this.#forgetAttempt(held);
    settleAll(batch, elsewhere ?? refusalOf(this.#clone, error));
  }

  /** Why nothing can be captured where the clone is not in its place any more. */
  async #elsewhere(): Promise<Captured | undefined> {
    const presence = await this.#presence();
    if (presence === 'here') return undefined;
    const { detail } = (presence === 'gone' ? goneTrouble : replacedTrouble)(this.#clone.git);
    return fail('unavailable', `${detail} The message was not saved; try again.`, { retryAfter: 5 });
  }

  /**
   * What was refused must not slip into the next commit; and where it did get into the branch after all, whoever sends
   * it again is to find it there.
   */
  async #forgetAttempt(held: Held): Promise<void> {
    this.#clone.forgetSegments(held);
    await this.#reconciler.run(held).catch(this.#onTrouble);
  }

  /**
   * Those who were answered a moment ago are likely to write again: where many write at once, the next batch waits
   * as long as they keep coming, since a batch costs about the same whatever its size. Who writes alone never waits.
   */
  async #gather(): Promise<void> {
    const deadline = this.#writers.at + GATHER_MS;
    const expected = Math.min(this.#writers.count, LINES_A_BATCH);
    let quiet = 0;
    while (this.#queue.length < expected && quiet < QUIET_TURNS && Date.now() < deadline) {
      const before = this.#queue.length;
      await new Promise((wake) => setTimeout(wake, 1));
      quiet = this.#queue.length > before ? 0 : quiet + 1;
    }
  }

  async #commit(held: Held, batch: readonly Waiting[]): Promise<void> {
    const elsewhere = await this.#elsewhere();
    if (elsewhere) return settleAll(batch, elsewhere);
    if (!this.#reconciler.covers(this.#clone.tip)) await this.#reconciler.run(held);
    const fresh = await this.#withoutKnown(batch);
    if (fresh.length === 0) return;
    let refusedSince: number | undefined;
    for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
      if (this.#clone.isUnsafe) return settleAll(fresh, unsafe(this.#clone.name));
      const written = await this.#write(held, fresh);
      const last = written.at(-1);
      if (!last) return;
      if (await this.#clone.mover.move(this.#clone.settings.branch, this.#clone.tip, last.commit)) {
        // Where it was moved in this very moment, the commit is in a folder that nobody may ever look at again.
        const gone = await this.#elsewhere();
        return gone ? settleAll(fresh, gone) : this.#finish(held, written);
      }
      this.#clone.forgetSegments(held);
      refusedSince ??= Date.now();
      const now = await resolveIn(this.#clone, branchRef(this.#clone));
      const [other] =
        now === null ? await findNested(this.#clone.git, 'refs/heads/', this.#clone.settings.branch) : [];
      if (now !== this.#clone.tip) await this.#reconciler.run(held);
      else if (other !== undefined) return settleAll(fresh, nested(this.#clone, other));
      else if (Date.now() - refusedSince > PATIENCE_MS) return settleAll(fresh, locked(this.#clone.name));
      else await new Promise((wake) => setTimeout(wake, pause));
    }
  }

  /**
   * A line that came by another way in the meantime, or that comes by two ways at once, such as a delete and a sync that
   * brings it from another repository, needs no second commit.
   */
  async #withoutKnown(batch: readonly Waiting[]): Promise<Waiting[]> {
    const fresh = new Map<string, Waiting>();
    for (const waiting of batch) {
      const { line, settle } = waiting;
      const entry = await this.#mirror.read(line.id);
      const commit = entry?.held.get(line.hash)?.commits.get(this.#clone.name);
      if (commit) {
        settle(ok(commit));
        continue;
      }
      const twin = fresh.get(line.hash);
      const settleBoth = (captured: Captured) => {
        twin?.settle(captured);
        settle(captured);
      };
      fresh.set(line.hash, twin ? { ...waiting, settle: settleBoth } : waiting);
    }
    return [...fresh.values()];
  }

  /**
   * Writes one commit a line on the tip that we know. git is asked twice, since packs may have been taken away under
   * the first; where it refuses the batch, its lines are tried one by one.
   */
  async #write(held: Held, batch: readonly Waiting[]): Promise<Written[]> {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      try {
        return await this.#writeOn(held, this.#clone.tip, batch);
      } catch (error) {
        if (!(error instanceof GitError || error instanceof UnreadableLine)) throw error;
        this.#clone.forgetSegments(held);
        // One that did nothing twice will not do more for each line alone.
        if (attempt === 2 && (batch.length === 1 || error instanceof GitHung)) throw error;
      }
    }
    const written: Written[] = [];
    for (const waiting of batch) {
      try {
        const parent = written.at(-1)?.commit ?? this.#clone.tip;
        written.push(...(await this.#writeOn(held, parent, [waiting])));
      } catch (error) {
        this.#clone.forgetSegments(held);
        waiting.settle(refusalOf(this.#clone, error));
      }
    }
    return written;
  }

  async #writeOn(held: Held, parent: string | null, batch: readonly Waiting[]): Promise<Written[]> {
    const segments = await this.#clone.segmentsOn(held, parent);
    const commits: NewCommit[] = [];
    for (const { line, files } of batch) commits.push(await commitOf(this.#clone, line, segments, files));
    const ids = await this.#clone.importer.write(parent, commits);
    return batch.map((waiting, index) => ({ waiting, commit: ids[index] ?? '' }));
  }

  async #finish(held: Held, written: readonly Written[]): Promise<void> {
    const clone = this.#clone;
    const commits = written.map(({ commit }) => commit);
    const tip = commits.at(-1) ?? '';
    clone.captured(held, commits);
    const found = written.map(({ waiting, commit }) => ({ line: waiting.line, commit }));
    const covered = this.#mirror.covered(clone.name) ?? {
      branch: clone.settings.branch,
      head: null,
      problems: {},
    };
    try {
      begin({ clone, mirror: this.#mirror }, covered, tip);
      await mirrorLines(this.#mirror, clone.name, found);
      // Where a long way is being read, that is what ends with the mirror agreeing.
      if (covered.towards === undefined) this.#mirror.cover(clone.name, { ...covered, head: tip });
    } catch (error) {
      // The commit is durable, which is what the answer says; reads wait until the mirror has been made anew.
      this.#onTrouble(error);
    }
    for (const [index, { waiting, commit }] of written.entries()) {
      waiting.settle(ok(commit));
      // Whoever waited goes on at once, which hundreds of them do one after the other.
      if (index % ANSWERS_A_TURN === ANSWERS_A_TURN - 1) await turn();
    }
    this.#moved();
  }
}

function settleAll(batch: readonly Waiting[], captured: Captured): void {
  for (const { settle } of batch) settle(captured);
}

/** Why nothing is captured any more; the manager tries the repository that takes the place of this one. */
export const closing = (name: string) =>
  fail(
    'unavailable',
    `${name} is being closed: it is being renamed or removed, or gitpost is stopping. The message was not saved there; try again.`,
    { retryAfter: 2 },
  );

const unsafe = (name: string): Captured =>
  fail(
    'unavailable',
    `The repository ${name} has a link or a file instead of the folder "messages" or "attachments", so nothing is written there. ` +
      'The message was not saved in it. Make it a folder again with a commit of your own.',
  );

const nested = ({ name, settings }: Clone, other: string): Captured =>
  fail(
    'unavailable',
    `The clone of ${name} has the branch ${other}, so git cannot create the branch ${settings.branch}, to which messages are captured. ` +
      `The message was not saved there. Rename or delete the branch ${other}, or choose another branch for ${name}.`,
  );

const locked = (name: string): Captured =>
  fail(
    'unavailable',
    `Another git process holds a lock on the branch of ${name}. The message was not saved there. ` +
      'Try again. If that does not help, look for a stale *.lock file in the .git folder of the clone.',
    { retryAfter: 2 },
  );

const notAppended = (name: string, words: string): Captured =>
  fail(
    'unavailable',
    `${words}. Nothing was written to ${name}; what it holds is safe. The message was not saved there; try again.`,
    { retryAfter: 5 },
  );

const missingFile = (name: string, words: string): Captured =>
  fail(
    'unavailable',
    `${words}. The message was not saved in ${name}. Upload the file again, and then send the message again.`,
    { retryAfter: 5 },
  );

const hung = (name: string, { stderr }: GitHung): Captured =>
  fail(
    'unavailable',
    `git makes no progress in ${name}: ${stderr}, and a second try ended the same way. The disk may be slow or broken. ` +
      'The message was not saved there; try again.',
    { retryAfter: 5 },
  );

/** git's own words name what is wrong (a full disk, a folder that can't be written); its first line is enough. */
function refusalOf({ name }: Clone, error: unknown): Captured {
  if (error instanceof UnreadableLine)
    return fail(
      'unwritable',
      `${error.message}, so nobody could read it again. Nothing was written to ${name}.`,
    );
  if (error instanceof MissingFile) return missingFile(name, error.message);
  if (error instanceof NotAppended) return notAppended(name, error.stderr);
  if (error instanceof GitHung) return hung(name, error);
  const words = error instanceof GitError ? error.stderr : String((error as Error).message ?? error);
  const reason = (words.trim().split('\n')[0] ?? '').replace(/\.?$/, '.');
  const isFull = /No space left on device|Out of diskspace|ENOSPC|quota exceeded/i.test(words);
  return fail(
    'unavailable',
    `${isFull ? `The disk with ${name} is full` : `git could not write to ${name}`}: ${reason} The message was not saved there; try again.`,
    {
      retryAfter: 5,
    },
  );
}
