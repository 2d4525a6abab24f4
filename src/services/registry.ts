import { type Held, Mutex } from '../async/mutex.ts';
import type { Target, Trouble } from '../domain/repository.ts';
import type { Repository } from '../repository/repository.ts';

/** Opens a repository. */
export type Open = (
  target: Target,
  primary: boolean,
  branch: string | undefined,
  failedBefore: Trouble | undefined,
) => Repository;

/** How many times work follows a repository to its replacement. */
const PLACES = 5;

/** The current repositories. Also knows which one has replaced one that was closed. */
export class Registry {
  /** Held by everything that changes the set of repositories. */
  readonly changes = new Mutex();
  readonly #open: Open;
  readonly #repositories = new Map<string, Repository>();
  readonly #successors = new WeakMap<Repository, Repository>();

  constructor(open: Open) {
    this.#open = open;
  }

  /** Their names, in the order in which they were opened. */
  names(): string[] {
    return [...this.#repositories.keys()];
  }

  list(): Repository[] {
    return [...this.#repositories.values()];
  }

  /** The repository with a name at the moment. */
  find(name: string): Repository | undefined {
    return this.#repositories.get(name);
  }

  readonly isCurrent = (repository: Repository): boolean => this.find(repository.name) === repository;

  /** Starts to open a repository and registers it. */
  open(target: Target, primary: boolean, branch?: string, failedBefore?: Trouble): Repository {
    const repository = this.#open(target, primary, branch, failedBefore);
    this.#repositories.set(target.name, repository);
    return repository;
  }

  /** Starts to open a repository that replaces a closed one. Work that waits for the closed one follows. */
  replace(closed: Repository, target: Target, failedBefore?: Trouble): Repository {
    const next = this.open(target, closed.primary, undefined, failedBefore);
    this.#successors.set(closed, next);
    return next;
  }

  /** Forgets a repository, which must be closed. */
  delete(name: string): void {
    this.#repositories.delete(name);
  }

  /** Closes all of them and forgets them. */
  async close(_held: Held): Promise<void> {
    const all = this.list();
    // A repository that is not registered any more is not opened again.
    this.#repositories.clear();
    await Promise.all(all.map((repository) => repository.close()));
  }

  /**
   * Works with a repository. The work is repeated with its replacement if its clone turned out to have been replaced
   * by another one, or if it was closed before the work was done, as happens in a rename.
   */
  async inPlace<Value>(
    name: string,
    work: (repository: Repository) => Promise<Value>,
    isDone: (value: Value) => boolean,
  ): Promise<Value | undefined> {
    let repository = this.find(name);
    for (let attempt = 1; ; attempt += 1) {
      const value = repository && (await work(repository));
      if (!repository || value === undefined || attempt > PLACES) return value;
      if (!repository.isReplaced && (!repository.isClosed || isDone(value))) return value;
      await this.changes.run(async () => undefined);
      repository = this.#successors.get(repository) ?? this.find(name);
    }
  }
}
