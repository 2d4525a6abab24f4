import type { Held } from '../../async/mutex.ts';
import { commitOf, UnreadableLine } from '../../clone/chain.ts';
import type { Clone } from '../../clone/clone.ts';
import { ok } from '../../domain/result.ts';
import type { NewCommit } from '../../git/importer.ts';
import { GitError, GitHung } from '../../git/run.ts';
import type { Database } from '../../mirror/database.ts';
import type { Captured, Waiting } from './queue.ts';
import { refusalOf } from './refusals.ts';

/** A line with the commit that was written for it. The commit is not on any branch yet. */
export interface Written {
  readonly waiting: Waiting;
  readonly change: NewCommit;
  readonly commit: string;
}

/** Writes batches of lines as commits without moving the branch. Lines that need no commit are answered immediately. */
export class BatchWriter {
  readonly #clone: Clone;
  readonly #mirror: Database;

  constructor(clone: Clone, mirror: Database) {
    this.#clone = clone;
    this.#mirror = mirror;
  }

  /**
   * Leaves out lines that need no second commit: they have arrived another way in the meantime, or they are in the
   * batch twice, as when a delete and a sync from another repository bring the same line.
   */
  async withoutKnown(batch: readonly Waiting[]): Promise<Waiting[]> {
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
   * Writes one commit per line on top of the known tip. A failed batch is tried a second time, since packs may have
   * been removed while git was reading them. If git refuses again, the lines are tried one by one.
   */
  async write(held: Held, batch: readonly Waiting[]): Promise<readonly Written[]> {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      try {
        return await this.writeOn(held, this.#clone.tip, batch);
      } catch (error) {
        if (!(error instanceof GitError || error instanceof UnreadableLine)) throw error;
        this.#clone.forgetSegments(held);
        // A git that hung again would hang for each single line as well.
        if (attempt === 2 && (batch.length === 1 || error instanceof GitHung)) throw error;
      }
    }
    const written: Written[] = [];
    for (const waiting of batch) {
      try {
        const parent = written.at(-1)?.commit ?? this.#clone.tip;
        written.push(...(await this.writeOn(held, parent, [waiting])));
      } catch (error) {
        this.#clone.forgetSegments(held);
        waiting.settle(refusalOf(this.#clone, error));
      }
    }
    return written;
  }

  /** Writes one commit per line on top of a commit. They are not on any branch yet. */
  async writeOn(held: Held, parent: string | null, batch: readonly Waiting[]): Promise<Written[]> {
    const segments = await this.#clone.segmentsOn(held, parent);
    const commits: NewCommit[] = [];
    for (const { line, files } of batch) commits.push(await commitOf(this.#clone, line, segments, files));
    const ids = await this.#clone.importer.write(parent, commits);
    return batch.map((waiting, index) => {
      return { waiting, change: commits[index] as NewCommit, commit: ids[index] ?? '' };
    });
  }
}
