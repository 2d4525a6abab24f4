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
import { noteReading } from '../reconcile/catch-up.ts';
import { mirrorLines } from '../reconcile/mirror-lines.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import { BatchWriter, type Written } from './batch-writer.ts';
import { filesToBring } from './files-to-bring.ts';
import { type Captured, type CaptureOptions, CaptureQueue, type Waiting } from './queue.ts';
import { closing, locked, nested, refusalOf, unsafe } from './refusals.ts';

/** A batch that git writes on top of the previous one before that one is on the branch. */
interface Ahead {
  readonly batch: readonly Waiting[];
  /** The last commit of the previous batch. */
  readonly parent: string;
  /** What was written. `undefined` if git refused; it is tried again when it is this batch's turn. */
  readonly written: Promise<readonly Written[] | undefined>;
}

const NONE: ReadonlySet<string> = new Set();
const ANSWERS_A_TURN = 50;
const PATIENCE_MS = 5000;

export interface CapturerPorts {
  readonly clone: Clone;
  /** Stores the files that lines name. */
  readonly files: LineFiles;
  readonly mirror: Database;
  readonly reconciler: Reconciler;
  /** Says whether the clone is still in its folder, since a commit made anywhere else would be lost. */
  readonly presence: () => Promise<Presence>;
  /** Called after each batch, when the branch has moved. */
  readonly onMoved: () => void;
  /** Called if a durable commit could not be mirrored; the mirror has to be rebuilt then. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * The write path of one repository. All waiting lines are taken as one batch: `git fast-import` writes one commit per
 * line, one compare-and-swap moves the branch, the lines are mirrored, and only then are the requests answered.
 *
 * While a batch is put on the branch and answered, git already writes the next one on top of it. If someone else
 * turns out to have moved the branch, those commits are discarded and the next batch is written again.
 */
export class Capturer {
  readonly #clone: Clone;
  readonly #files: LineFiles;
  readonly #mirror: Database;
  readonly #writer: BatchWriter;
  readonly #reconciler: Reconciler;
  readonly #presence: () => Promise<Presence>;
  readonly #onMoved: () => void;
  readonly #onTrouble: (error: unknown) => void;
  readonly #queue = new CaptureQueue();
  #draining: Promise<void> | undefined;
  readonly #storing = new Tasks();
  #isClosed = false;
  #ahead: Ahead | undefined;

  constructor({ clone, files, mirror, reconciler, presence, onMoved, onTrouble }: CapturerPorts) {
    this.#clone = clone;
    this.#files = files;
    this.#mirror = mirror;
    this.#writer = new BatchWriter(clone, mirror);
    this.#reconciler = reconciler;
    this.#presence = presence;
    this.#onMoved = onMoved;
    this.#onTrouble = onTrouble;
  }

  async capture(line: Line, options: CaptureOptions = {}): Promise<Captured> {
    if (this.#isClosed) return closing(this.#clone.name);
    return line.attachments === undefined
      ? this.#enqueue(line, [], options)
      : this.#storing.run(() => this.#captureWithFiles(line, options));
  }

  /** Stores the line's files first, while other lines are being written. */
  async #captureWithFiles(line: Line, options: CaptureOptions): Promise<Captured> {
    let files: readonly StoredFile[];
    try {
      const brought = await filesToBring(line, this.#clone.name, this.#mirror, options);
      files = await this.#files.store(brought, options.needed ?? NONE);
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

  /** Accepts nothing more. Resolves once everything that was accepted is answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#storing.ended();
    await this.#draining;
  }

  /** Commits files as they are, one commit each, and lets the mirror read them. Resolves to false if that failed. */
  async commitFiles(held: Held, commits: readonly NewCommit[]): Promise<boolean> {
    const clone = this.#clone;
    if (clone.isUnsafe || commits.length === 0) return false;
    const ids = await clone.importer.write(clone.tip, commits);
    const tip = ids.at(-1);
    if (tip === undefined || !(await clone.mover.move(clone.settings.branch, clone.tip, tip))) return false;
    clone.noteUnpushed(ids);
    await this.#reconciler.run(held);
    this.#onMoved();
    return true;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#queue.gather();
      await this.#clone.mutex.run((held) => this.#commitQueue(held));
    }
  }

  /**
   * Commits a batch, and then each batch written ahead in the meantime. None is written ahead while someone else is
   * waiting for the clone.
   */
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

  /** The failure to answer with if the clone is no longer in its folder; `undefined` if it is. */
  async #elsewhere(): Promise<Captured | undefined> {
    const presence = await this.#presence();
    if (presence === 'here') return undefined;
    const { detail } = (presence === 'gone' ? goneTrouble : replacedTrouble)(this.#clone.git);
    return fail('unavailable', `${detail} The message was not saved; try again.`, { retryAfter: 5 });
  }

  /**
   * What was refused must not get into the next commit. If it did reach the branch after all, it is found there when
   * it is sent again.
   */
  async #forgetAttempt(held: Held): Promise<void> {
    this.#clone.forgetSegments(held);
    await this.#reconciler.run(held).catch(this.#onTrouble);
  }

  async #commit(held: Held, batch: readonly Waiting[], ahead: Ahead | undefined): Promise<void> {
    // git writes one batch at a time, so nothing else can start until it has finished this one.
    const early = await ahead?.written;
    const elsewhere = await this.#elsewhere();
    if (elsewhere) {
      // The segments may count what was written ahead.
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
        // If the folder was moved at this very moment, the commit is in a folder that may never be used again.
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

  /** Lets git write the waiting lines on top of a batch that is about to be put on the branch. */
  #writeAhead(held: Held, before: readonly Written[], parent: string): void {
    if (this.#queue.length === 0 || this.#clone.mutex.isWanted) return;
    // A line that is in both batches will be known once the first one is mirrored.
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

  /** Puts the batch written ahead back into the queue: the batch below it is not on the branch. */
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
      noteReading({ clone, mirror: this.#mirror }, covered, tip);
      await mirrorLines(this.#mirror, clone.name, found);
      // If a long range is being read in steps, the mirror only covers the tip when that has finished.
      if (covered.towards === undefined) this.#mirror.cover(clone.name, { ...covered, head: tip });
    } catch (error) {
      // The commit is durable, and the answer promises no more than that. Reads wait until the mirror is rebuilt.
      this.#onTrouble(error);
    }
    for (const [index, { waiting, commit }] of written.entries()) {
      waiting.settle(ok(commit));
      // Each answered request continues immediately. With hundreds of them, give the event loop a turn now and then.
      if (index % ANSWERS_A_TURN === ANSWERS_A_TURN - 1) await turn();
    }
    this.#onMoved();
  }
}

function settleAll(batch: readonly Waiting[], captured: Captured): void {
  for (const { settle } of batch) settle(captured);
}
