import { setImmediate as turn } from 'node:timers/promises';
import type { Held } from '../../async/mutex.ts';
import { Tasks } from '../../async/tasks.ts';
import { branchRef, type Clone, resolveIn } from '../../clone/clone.ts';
import type { LineFiles } from '../../clone/line-files.ts';
import { goneTrouble, type Presence, replacedTrouble } from '../../clone/presence.ts';
import { fail, ok } from '../../domain/result.ts';
import type { NewCommit, StoredFile } from '../../git/importer.ts';
import { findNested } from '../../git/refs.ts';
import type { Line } from '../../journal/line.ts';
import type { Database } from '../../mirror/database.ts';
import { begin } from '../reconcile/catch-up.ts';
import { mirrorLines } from '../reconcile/mirror-lines.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import { BatchWriter, type Written } from './batch-writer.ts';
import { type Captured, type CaptureOptions, CaptureQueue, type Waiting } from './queue.ts';
import { closing, locked, nested, refusalOf, unsafe } from './refusals.ts';

/** A batch that git writes on top of the one before, which is not in the branch yet. */
interface Ahead {
  readonly batch: readonly Waiting[];
  /** The last commit of the batch before. */
  readonly parent: string;
  /** What was written; `undefined` if git refused, which is tried again when it is this batch's turn. */
  readonly written: Promise<readonly Written[] | undefined>;
}

const NONE: ReadonlySet<string> = new Set();
const ANSWERS_A_TURN = 50;
const PATIENCE_MS = 5000;

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
  readonly #writer: BatchWriter;
  readonly #reconciler: Reconciler;
  readonly #presence: () => Promise<Presence>;
  readonly #moved: () => void;
  readonly #onTrouble: (error: unknown) => void;
  readonly #queue = new CaptureQueue();
  #draining: Promise<void> | undefined;
  readonly #storing = new Tasks();
  #isClosed = false;
  #ahead: Ahead | undefined;

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
    this.#writer = new BatchWriter(clone, mirror);
    this.#reconciler = reconciler;
    this.#presence = presence;
    this.#moved = moved;
  }

  async capture(line: Line, options: CaptureOptions = {}): Promise<Captured> {
    if (this.#isClosed) return closing(this.#clone.name);
    return line.attachments === undefined
      ? this.#enqueue(line, [], options)
      : this.#storing.run(() => this.#captureWithFiles(line, options));
  }

  /** Its files are stored first, while others write. */
  async #captureWithFiles(line: Line, options: CaptureOptions): Promise<Captured> {
    let files: readonly StoredFile[];
    try {
      files = await this.#files.of(line, options.needed ?? NONE);
    } catch (error) {
      return (await this.#elsewhere()) ?? refusalOf(this.#clone, error);
    }
    return this.#enqueue(line, files, options);
  }

  #enqueue(line: Line, files: readonly StoredFile[], { inBulk = false }: CaptureOptions): Promise<Captured> {
    return new Promise((settle) => {
      this.#queue.push({ line, files, inBulk, settle });
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
      await this.#queue.gather();
      await this.#clone.mutex.run((held) => this.#commitQueue(held));
    }
  }

  /** Commits a batch, and those that were written ahead meanwhile: none is when somebody else waits for the clone. */
  async #commitQueue(held: Held): Promise<void> {
    do {
      const ahead = this.#takeAhead();
      const batch = ahead?.batch ?? this.#queue.takeFirst();
      await this.#commit(held, batch, ahead).catch((error: unknown) => this.#refuse(held, batch, error));
      this.#queue.answered(batch.length + (this.#ahead?.batch.length ?? 0));
    } while (this.#ahead);
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
    let fresh: readonly Waiting[] = written ? batch : await this.#writer.withoutKnown(batch);
    if (fresh.length === 0) return;
    let refusedSince: number | undefined;
    for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
      if (this.#clone.isUnsafe) return settleAll(fresh, unsafe(this.#clone.name));
      written ??= await this.#writer.write(held, fresh);
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
    const next = this.#queue.take();
    const batch = next.filter(({ line }) => !hashes.has(line.hash));
    this.#queue.putBack(next.filter(({ line }) => hashes.has(line.hash)));
    const written = this.#writer
      .withoutKnown(batch)
      .then((fresh) => (fresh.length === 0 ? [] : this.#writer.writeOn(held, parent, fresh)))
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
    this.#queue.putBack(ahead.batch);
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
