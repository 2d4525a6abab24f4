import { setImmediate as turn } from 'node:timers/promises';
import type { Held } from '../../async/mutex.ts';
import { Tasks } from '../../async/tasks.ts';
import { commitOf, UnreadableLine } from '../../clone/chain.ts';
import { branchRef, type Clone, resolveIn } from '../../clone/clone.ts';
import type { LineFiles } from '../../clone/line-files.ts';
import { goneTrouble, type Presence, replacedTrouble } from '../../clone/presence.ts';
import { fail, ok, type Result } from '../../domain/result.ts';
import type { NewCommit, StoredFile } from '../../git/importer.ts';
import { findNested } from '../../git/refs.ts';
import { GitError, GitHung } from '../../git/run.ts';
import type { Line } from '../../journal/line.ts';
import type { Database } from '../../mirror/database.ts';
import { begin } from '../reconcile/catch-up.ts';
import { mirrorLines } from '../reconcile/mirror-lines.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import { closing, locked, nested, refusalOf, unsafe } from './refusals.ts';

/** What a capture comes to: the id of the commit that holds the line, durable and mirrored. */
export type Captured = Result<string>;

interface Waiting {
  readonly line: Line;
  readonly files: readonly StoredFile[];
  readonly settle: (captured: Captured) => void;
}

interface Written {
  readonly waiting: Waiting;
  readonly change: NewCommit;
  readonly commit: string;
}

/** A batch that git writes on top of the one before, which is not in the branch yet. */
interface Ahead {
  readonly batch: readonly Waiting[];
  /** The last commit of the batch before. */
  readonly parent: string;
  /** What was written; `undefined` if git refused, which is tried again when it is this batch's turn. */
  readonly written: Promise<readonly Written[] | undefined>;
}

const NONE: ReadonlySet<string> = new Set();
const LINES_A_BATCH = 500;
/** If so many wait, half of them are taken first: git writes the other half while the first one is answered. */
const WORTH_HALVING = 32;
const ANSWERS_A_TURN = 50;
const PATIENCE_MS = 5000;
const GATHER_MS = 30;
const QUIET_TURNS = 3;

/**
 * The write path of one repository. All lines that wait are taken as one batch: one commit each, written by one
 * `git fast-import`, taken into the branch by one compare-and-swap, mirrored, and only then answered.
 *
 * While a batch is taken into the branch and answered, git already writes the next one on top of it. If the branch turns
 * out to have been moved by somebody else, those commits are on no branch, and the next batch is written again.
 */
export class Capturer {
  readonly #clone: Clone;
  readonly #files: LineFiles;
  readonly #mirror: Database;
  readonly #reconciler: Reconciler;
  readonly #presence: () => Promise<Presence>;
  readonly #moved: () => void;
  readonly #onTrouble: (error: unknown) => void;
  readonly #queue: Waiting[] = [];
  #draining: Promise<void> | undefined;
  readonly #storing = new Tasks();
  #isClosed = false;
  #ahead: Ahead | undefined;
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
      await this.#clone.mutex.run((held) => this.#commitQueue(held));
    }
  }

  /** Commits a batch, and those that were written ahead meanwhile: none is when somebody else waits for the clone. */
  async #commitQueue(held: Held): Promise<void> {
    do {
      const ahead = this.#takeAhead();
      const batch = ahead?.batch ?? this.#take(this.#firstShare());
      await this.#commit(held, batch, ahead).catch((error: unknown) => this.#refuse(held, batch, error));
      const count = batch.length + this.#queue.length + (this.#ahead?.batch.length ?? 0);
      this.#writers = { count, at: Date.now() };
    } while (this.#ahead);
  }

  #firstShare(): number {
    const { length } = this.#queue;
    return length < WORTH_HALVING ? length : Math.ceil(length / 2);
  }

  #take(most = LINES_A_BATCH): readonly Waiting[] {
    return this.#queue.splice(0, Math.min(most, LINES_A_BATCH));
  }

  #takeAhead(): Ahead | undefined {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    return ahead;
  }

  async #refuse(held: Held, batch: readonly Waiting[], error: unknown): Promise<void> {
    await this.#withdraw(held);
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
   * What was refused must not get into the next commit. If it did get into the branch after all, it is found there when
   * it is sent again.
   */
  async #forgetAttempt(held: Held): Promise<void> {
    this.#clone.forgetSegments(held);
    await this.#reconciler.run(held).catch(this.#onTrouble);
  }

  /**
   * Those who were answered a moment ago are likely to write again. If many write at once, the next batch waits for half
   * of them, as long as they keep coming: a batch costs about the same whatever its size, and while git writes one half,
   * the other half is answered and read. Nobody who writes alone waits.
   */
  async #gather(): Promise<void> {
    const deadline = this.#writers.at + GATHER_MS;
    const expected = Math.min(Math.ceil(this.#writers.count / 2), LINES_A_BATCH);
    let quiet = 0;
    while (this.#queue.length < expected && quiet < QUIET_TURNS && Date.now() < deadline) {
      const before = this.#queue.length;
      await new Promise((wake) => setTimeout(wake, 1));
      quiet = this.#queue.length > before ? 0 : quiet + 1;
    }
  }

  async #commit(held: Held, batch: readonly Waiting[], ahead: Ahead | undefined): Promise<void> {
    // git writes one batch at a time, so nothing else begins before it is done with this one.
    const early = await ahead?.written;
    const elsewhere = await this.#elsewhere();
    if (elsewhere) {
      // They may hold what was written ahead.
      this.#clone.forgetSegments(held);
      return settleAll(batch, elsewhere);
    }
    if (!this.#reconciler.covers(this.#clone.tip)) await this.#reconciler.run(held);
    let written = ahead?.parent === this.#clone.tip ? early : undefined;
    let fresh: readonly Waiting[] = written ? batch : await this.#withoutKnown(batch);
    if (fresh.length === 0) return;
    let refusedSince: number | undefined;
    for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
      if (this.#clone.isUnsafe) return settleAll(fresh, unsafe(this.#clone.name));
      written ??= await this.#write(held, fresh);
      fresh = written.map(({ waiting }) => waiting);
      const last = written.at(-1);
      if (!last) return;
      this.#writeAhead(held, written, last.commit);
      if (await this.#clone.mover.move(this.#clone.settings.branch, this.#clone.tip, last.commit)) {
        // Where it was moved in this very moment, the commit is in a folder that nobody may ever look at again.
        const gone = await this.#elsewhere();
        if (!gone) return this.#finish(held, written);
        await this.#withdraw(held);
        this.#clone.forgetSegments(held);
        return settleAll(fresh, gone);
      }
      written = undefined;
      await this.#withdraw(held);
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

  /** Has git write what waits on top of a batch that is about to be taken into the branch. */
  #writeAhead(held: Held, before: readonly Written[], parent: string): void {
    if (this.#queue.length === 0 || this.#clone.mutex.isWanted) return;
    // A line that is in both batches is known once the first one is mirrored.
    const hashes = new Set(before.map(({ waiting }) => waiting.line.hash));
    const next = this.#take();
    const batch = next.filter(({ line }) => !hashes.has(line.hash));
    this.#queue.unshift(...next.filter(({ line }) => hashes.has(line.hash)));
    const written = this.#withoutKnown(batch)
      .then((fresh) => (fresh.length === 0 ? [] : this.#writeOn(held, parent, fresh)))
      .catch(() => {
        this.#clone.forgetSegments(held);
        return undefined;
      });
    this.#ahead = { batch, parent, written };
  }

  /** Puts back what was written ahead: the batch below it is not in the branch. */
  async #withdraw(held: Held): Promise<void> {
    const ahead = this.#takeAhead();
    if (!ahead) return;
    await ahead.written;
    this.#clone.forgetSegments(held);
    this.#queue.unshift(...ahead.batch);
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
  async #write(held: Held, batch: readonly Waiting[]): Promise<readonly Written[]> {
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
    return batch.map((waiting, index) => {
      return { waiting, change: commits[index] as NewCommit, commit: ids[index] ?? '' };
    });
  }

  async #finish(held: Held, written: readonly Written[]): Promise<void> {
    const clone = this.#clone;
    const commits = written.map(({ commit }) => commit);
    const tip = commits.at(-1) ?? '';
    clone.captured(
      held,
      commits,
      written.map(({ change }) => change),
    );
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
