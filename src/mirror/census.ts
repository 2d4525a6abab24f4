import { type Covered, firstProblems } from './covered.ts';
import type { Entry } from './entry.ts';
import type { State } from './files/snapshot.ts';
import { isPartial, shownIn } from './search/filter.ts';

/** The part of the state that the census stores. */
type StoredCensus = Pick<State, 'repositories' | 'counts' | 'partial' | 'size' | 'current'>;

/**
 * What the mirror knows of its repositories and messages without reading any: how many there are, and what it covers.
 */
export class Census {
  readonly #covered = new Map<string, Covered>();
  readonly #counts = new Map<string, number>();
  readonly #partial = new Set<string>();
  #size = 0;
  #current = 0;

  /** How many messages there are, including deleted ones. */
  get size(): number {
    return this.#size;
  }

  /** How many of them are not deleted. */
  get current(): number {
    return this.#current;
  }

  /** The ids of messages that are in a repository that lacks some of their lines. */
  partial(): string[] {
    return [...this.#partial];
  }

  /** The names of all repositories that anything is known about. */
  repositories(): string[] {
    return [...this.#covered.keys()];
  }

  /** How many current messages a repository holds. */
  countIn(repository: string): number {
    return this.#counts.get(repository) ?? 0;
  }

  /** What the mirror covers of a repository; `undefined` if it knows nothing about it. */
  covered(repository: string): Covered | undefined {
    return this.#covered.get(repository);
  }

  /** Records what the mirror covers of a repository. Only the first problems of each file are kept. */
  cover(repository: string, covered: Covered): void {
    const isSame = covered.problems === this.#covered.get(repository)?.problems;
    const problems = isSame ? covered.problems : firstProblems(covered.problems);
    this.#covered.set(repository, { ...covered, problems });
  }

  /** Counts a message whose entry has changed; `undefined` means that there is none. */
  changed(id: string, before: Entry | undefined, after: Entry | undefined): void {
    const [names, namesBefore] = [shownIn(after), shownIn(before)];
    this.#size += Number(after !== undefined) - Number(before !== undefined);
    this.#current += Number(names.length > 0) - Number(namesBefore.length > 0);
    for (const name of namesBefore) this.#counts.set(name, this.countIn(name) - 1);
    for (const name of names) this.#counts.set(name, this.countIn(name) + 1);
    if (after && isPartial(after)) this.#partial.add(id);
    else this.#partial.delete(id);
  }

  /** Counts messages that only one repository holds; `shown` of them are not deleted. */
  added(repository: string, { size, shown }: { readonly size: number; readonly shown: number }): void {
    this.#size += size;
    this.#current += shown;
    this.#counts.set(repository, this.countIn(repository) + shown);
  }

  /** Drops everything about a repository. */
  forget(repository: string): void {
    this.#covered.delete(repository);
    this.#counts.delete(repository);
  }

  /** Drops everything. */
  clear(): void {
    this.#size = 0;
    this.#current = 0;
    this.#counts.clear();
    this.#partial.clear();
    this.#covered.clear();
  }

  load({ size, current, repositories, counts, partial }: StoredCensus): void {
    this.#size = size;
    this.#current = current;
    for (const [name, covered] of Object.entries(repositories)) this.#covered.set(name, covered);
    for (const [name, count] of Object.entries(counts)) this.#counts.set(name, count);
    for (const id of partial) this.#partial.add(id);
  }

  stored(): StoredCensus {
    return {
      repositories: Object.fromEntries(this.#covered),
      counts: Object.fromEntries(this.#counts),
      partial: this.partial(),
      size: this.#size,
      current: this.#current,
    };
  }
}
