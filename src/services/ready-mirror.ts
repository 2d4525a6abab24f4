import { within } from '../async/within.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import type { Database } from '../mirror/database.ts';
import { MirrorBroken } from '../mirror/errors.ts';
import type { Repository } from '../repository/repository.ts';

/** How long a request waits for clones and mirror before it is refused with `Retry-After`. */
export const PATIENCE_MS = 30_000;
/** How long the first reads of a new clone wait for its remote, so the clone does not appear empty. */
const FIRST_CONTACT_MS = 5000;
/** How many times one request waits for a broken mirror to be rebuilt. */
const MOST_ATTEMPTS = 3;

export interface ReadyMirrorPorts {
  readonly mirror: Database;
  readonly repositories: () => readonly Repository[];
  /**
   * The failure for reads that depend on a repository whose clone could not be opened yet; `undefined` if there is
   * none.
   */
  readonly notOpened: (concerns: (repository: string) => boolean) => Result<never> | undefined;
  readonly onTrouble: (error: unknown) => void;
}

/** The mirror for reading. Reads wait until it agrees with the commits of all clones. */
export class ReadyMirror {
  readonly #ports: ReadyMirrorPorts;
  #agreed: Promise<void> = new Promise(() => undefined);
  #rebuilding: Promise<void> | undefined;
  #isAgreed = false;
  /** While a repository is being renamed, its messages are read again under the new name. */
  #holding: Promise<unknown> | undefined;

  constructor(ports: ReadyMirrorPorts) {
    this.#ports = ports;
  }

  /** Called once, when all repositories have started to open. */
  start(): void {
    this.#agreed = this.#agree();
    this.#agreed.then(() => {
      this.#isAgreed = true;
    }, this.#ports.onTrouble);
  }

  /** Whether mirror and clones agree, so reads need not wait. */
  get isReady(): boolean {
    return this.#isAgreed && this.#rebuilding === undefined;
  }

  /** Resolves when mirror and clones agree, however long that takes. */
  async whenReady(): Promise<void> {
    await this.#agreed;
    await this.#rebuilding;
    await this.#holding;
  }

  /** Makes reads wait for a change to the set of repositories. */
  hold<Value>(work: Promise<Value>): Promise<Value> {
    this.#holding = work.catch(() => undefined);
    return work.finally(() => {
      this.#holding = undefined;
    });
  }

  /**
   * Runs a read of the mirror once it is ready. If the mirror turns out to be broken, it is rebuilt from the clones
   * and the read is repeated. `unavailable` after 30 seconds, or if a repository that the answer depends on could not
   * be opened yet.
   *
   * @param concerns whether the answer depends on a repository, by its name
   */
  async read<Value>(
    work: (mirror: Database) => Promise<Value>,
    concerns: (repository: string) => boolean = () => true,
  ): Promise<Result<Value>> {
    for (let attempt = 1; ; attempt += 1) {
      const ready = await within(
        PATIENCE_MS,
        this.whenReady().then(() => true),
      );
      if (!ready) return notReady('The messages are still being read from the repositories.');
      const refusal = this.#ports.notOpened(concerns);
      if (refusal) return refusal;
      try {
        return ok(await work(this.#ports.mirror));
      } catch (error) {
        if (!(error instanceof MirrorBroken) || attempt >= MOST_ATTEMPTS) throw error;
        this.rebuild();
      }
    }
  }

  /** Rebuilds the mirror from the clones. Reads wait for it. */
  rebuild(): void {
    this.#rebuilding ??= this.#rebuild()
      .catch(this.#ports.onTrouble)
      .finally(() => {
        this.#rebuilding = undefined;
      });
  }

  async #agree(): Promise<void> {
    const repositories = this.#ports.repositories();
    await Promise.allSettled(repositories.map((repository) => repository.opened));
    await within(FIRST_CONTACT_MS, Promise.all(repositories.map((repository) => repository.settled)));
  }

  async #rebuild(): Promise<void> {
    await this.#agreed;
    const repositories = this.#ports.repositories();
    // Nobody may write to the mirror halfway through: a mirror that covers a commit must hold all of its lines.
    const clear = repositories.reduce(
      (task, repository) => () => repository.exclusively(task),
      async () => this.#ports.mirror.clear(),
    );
    await clear();
    for (const repository of this.#ports.repositories()) await repository.restore();
  }
}

/** The request cannot be served yet. A client that tries again soon may succeed. */
export const notReady = (why: string, comfort = 'Nothing is lost') =>
  fail('unavailable', `${why} ${comfort}; try again in a moment.`, { retryAfter: 5 });
