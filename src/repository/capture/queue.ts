import type { Result } from '../../domain/result.ts';
import type { StoredFile } from '../../git/importer.ts';
import type { Line } from '../../journal/line.ts';

/** The result of a capture: the id of the commit that holds the line, durable and mirrored. */
export type Captured = Result<string>;

/** How a line is captured. */
export interface CaptureOptions {
  /** The hashes of the files that the line must not be committed without. Other files may have been purged. */
  readonly needed?: ReadonlySet<string> | undefined;
  /** The hashes of the files that the request itself names. They come back if a person has removed them. */
  readonly named?: ReadonlySet<string> | undefined;
  /** One of many lines that nobody waits for individually, as in an import. All other lines go first. */
  readonly inBulk?: boolean | undefined;
}

/** A line that is waiting for its commit. */
export interface Waiting {
  readonly line: Line;
  readonly files: readonly StoredFile[];
  readonly inBulk: boolean;
  readonly settle: (captured: Captured) => void;
}

const LINES_A_BATCH = 500;
/**
 * If this many lines are waiting, half of them are taken first. git writes the other half while the first is
 * answered.
 */
const WORTH_HALVING = 32;
/** The most lines of an import per batch while someone else is writing, who has to wait for the whole batch. */
const BULK_LINES_SHARED = 3;
/** Anyone who wrote within this time is likely to write again. */
const SHARED_MS = 3000;
const GATHER_MS = 30;
const QUIET_TURNS = 3;

/** The lines that are waiting for their commit. Decides which of them form the next batch. */
export class CaptureQueue {
  readonly #single: Waiting[] = [];
  readonly #bulk: Waiting[] = [];
  #lastSingleAt = Number.NEGATIVE_INFINITY;
  /** How many writers there were when the last batch was done, and when that was. */
  #writers = { count: 0, at: 0 };

  get length(): number {
    return this.#single.length + this.#bulk.length;
  }

  push(waiting: Waiting): void {
    if (!waiting.inBulk) this.#lastSingleAt = Date.now();
    (waiting.inBulk ? this.#bulk : this.#single).push(waiting);
  }

  /** Puts taken lines back at the front of the queue. */
  putBack(batch: readonly Waiting[]): void {
    this.#single.unshift(...batch.filter(({ inBulk }) => !inBulk));
    this.#bulk.unshift(...batch.filter(({ inBulk }) => inBulk));
  }

  /** Takes the first batch after a pause: all waiting lines, or half of them if there are many. */
  takeFirst(): readonly Waiting[] {
    const { length } = this;
    return this.take(length < WORTH_HALVING ? length : Math.ceil(length / 2));
  }

  /** Takes the next batch. */
  take(most = LINES_A_BATCH): readonly Waiting[] {
    const room = Math.min(most, LINES_A_BATCH);
    const single = this.#single.splice(0, room);
    const isShared = Date.now() - this.#lastSingleAt < SHARED_MS;
    const bulk = Math.min(room - single.length, isShared ? BULK_LINES_SHARED : LINES_A_BATCH);
    return [...single, ...this.#bulk.splice(0, bulk)];
  }

  /**
   * Waits a moment for more lines, at most 30 ms after the last batch. Writers who have just been answered are likely
   * to write again. If many write at once, the next batch waits for half of them, as long as they keep coming. A
   * batch costs about the same whatever its size, and while git writes one half, the other half is answered and read.
   * A single writer never waits.
   */
  async gather(): Promise<void> {
    const deadline = this.#writers.at + GATHER_MS;
    const expected = Math.min(Math.ceil(this.#writers.count / 2), LINES_A_BATCH);
    let quiet = 0;
    while (this.length < expected && quiet < QUIET_TURNS && Date.now() < deadline) {
      const before = this.length;
      await new Promise((wake) => setTimeout(wake, 1));
      quiet = this.length > before ? 0 : quiet + 1;
    }
  }

  /** Notes how many writers there were at the end of a batch: those just answered and those still waiting. */
  answered(count: number): void {
    this.#writers = { count: count + this.length, at: Date.now() };
  }
}
