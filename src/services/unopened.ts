import type { Trouble } from '../domain/repository.ts';
import type { Result } from '../domain/result.ts';
import type { Repository } from '../repository/repository.ts';
import { notReady } from './ready-mirror.ts';

/** Milliseconds until a clone that could not be opened is tried again: at first, and at most. Doubled each time. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 60_000];

export interface UnopenedPorts {
  readonly isCurrent: (repository: Repository) => boolean;
  /** Closes a repository that could not be opened, and opens it again; `undefined` if it is gone in the meantime. */
  readonly reopen: (repository: Repository, trouble: Trouble) => Promise<Repository | undefined>;
  /** Whether this is the only repository. */
  readonly isOnly: () => boolean;
  readonly onTrouble: (error: unknown) => void;
  /** Shorter in tests. */
  readonly firstPause?: number | undefined;
}

/**
 * The repositories that were found at the start or added, but could not be opened yet. They are tried again with
 * growing pauses. Until one opens, its contents are unknown, so reads that depend on it are refused.
 */
export class Unopened {
  readonly #ports: UnopenedPorts;
  readonly #found = new Map<string, { readonly failures: number; readonly trouble: Trouble }>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(ports: UnopenedPorts) {
    this.#ports = ports;
  }

  /** The names of those that could not be opened yet. */
  names(): string[] {
    return [...this.#found.keys()];
  }

  has(name: string): boolean {
    return this.#found.has(name);
  }

  /** The failure for reads that depend on one of these repositories; `undefined` if there is none. */
  refusal(concerns: (repository: string) => boolean): Result<never> | undefined {
    const name = this.names().find(concerns);
    if (name === undefined) return undefined;
    const detail = this.#found.get(name)?.trouble.detail ?? `The clone ${name} cannot be used.`;
    const others = this.#ports.isOnly()
      ? ''
      : ' To read those of another repository, use ?repository=<name>.';
    return notReady(
      `${detail} Its messages cannot be read until then. gitpost tries again on its own.${others}`,
    );
  }

  /** Tries again and again until the repository can be opened or is gone. */
  keepOpening(repository: Repository): void {
    const { name } = repository;
    clearTimeout(this.#timers.get(name));
    void repository.opened.then(() => {
      if (!this.#ports.isCurrent(repository) || repository.isClosed) return;
      const { broken } = repository;
      if (!broken) {
        this.#found.delete(name);
        return;
      }
      const failures = (this.#found.get(name)?.failures ?? 0) + 1;
      this.#found.set(name, { failures, trouble: broken });
      const first = this.#ports.firstPause ?? FIRST_PAUSE_MS;
      const pause = Math.min(first * 2 ** (failures - 1), LONGEST_PAUSE_MS);
      const timer = setTimeout(() => {
        this.#ports.reopen(repository, broken).then((next) => {
          if (next) this.keepOpening(next);
        }, this.#ports.onTrouble);
      }, pause);
      timer.unref();
      this.#timers.set(name, timer);
    });
  }

  /** Forgets a repository that is removed or replaced. */
  delete(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
    this.#found.delete(name);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
