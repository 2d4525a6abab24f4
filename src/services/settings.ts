import { Mutex } from '../async/mutex.ts';
import { within } from '../async/within.ts';
import { fits, readShared, writeShared } from '../clone/shared-settings.ts';
import type { ChangeSettings, Settings } from '../contract/settings.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import type { SharedSettings } from '../domain/settings.ts';
import { inspectFolder } from '../git/clone.ts';
import type { GitContext } from '../git/run.ts';
import type { RepositoryManager } from './repositories.ts';

export interface SettingsOptions {
  readonly repositories: RepositoryManager;
  readonly author: string;
  readonly defaultTarget: Settings['defaultTarget'];
  /** The interval set in the environment, in seconds; `undefined` if people can set it here. */
  readonly fixedInterval: number | undefined;
  /** Called with the interval whenever it is read or set. */
  readonly onInterval: (seconds: number) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** How long to wait for a clone that is being created. */
const PATIENCE_MS = 30_000;
/** Milliseconds until the interval is read again if the clone could not be read at the start. */
const RETRY_MS = 5000;

/**
 * The settings of this gitpost, for everyone who uses it. They are stored in the git config of the primary's clone. A
 * person may also change them there, so they are read again each time.
 */
export class SharedSettingsStore {
  readonly #options: SettingsOptions;
  readonly #changes = new Mutex();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SettingsOptions) {
    this.#options = options;
  }

  /** Finds out how often to sync, and tries again until that is known. */
  async start(): Promise<void> {
    const read = await this.read();
    if (read.ok || this.#isClosed) return;
    this.#timer = setTimeout(() => void this.start(), RETRY_MS);
    this.#timer.unref();
  }

  stop(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** The current settings; `unavailable` if the primary's clone cannot be read. */
  read(): Promise<Result<Settings>> {
    return this.#changes.run(() => this.#inPrimary(async (git) => this.#taken(await readShared(git))));
  }

  /** Changes the given settings; `fixed-by-environment`, `invalid` for too many long searches, or `unavailable`. */
  async change({ syncInterval, searches }: ChangeSettings): Promise<Result<Settings>> {
    const { fixedInterval } = this.#options;
    if (syncInterval !== undefined && fixedInterval !== undefined && syncInterval !== fixedInterval)
      return fixed(fixedInterval);
    if (searches !== undefined && !fits(searches)) return tooLong;
    const change: Partial<SharedSettings> = {
      ...(syncInterval === undefined || fixedInterval !== undefined ? {} : { syncInterval }),
      ...(searches === undefined ? {} : { searches }),
    };
    return this.#changes.run(() =>
      this.#inPrimary(async (git) => {
        await writeShared(git, change);
        return this.#taken(await readShared(git));
      }),
    );
  }

  #taken({ syncInterval, searches }: SharedSettings): Settings {
    const { author, defaultTarget, fixedInterval, onInterval } = this.#options;
    const interval = fixedInterval ?? syncInterval;
    if (!this.#isClosed) onInterval(interval);
    return { author, defaultTarget, syncInterval: interval, searches };
  }

  async #inPrimary(work: (git: GitContext) => Promise<Settings>): Promise<Result<Settings>> {
    const { repositories, onTrouble } = this.#options;
    const { primary } = repositories;
    const git = repositories.contextOf(primary);
    const isThere = async () => (await inspectFolder(git.directory)) === 'clone';
    try {
      // A clone that is being created appears all at once. An existing one can be read before its messages can.
      if (!(await isThere())) {
        await within(PATIENCE_MS, repositories.find(primary)?.opened ?? Promise.resolve());
        if (!(await isThere())) return notNow(primary);
      }
      return ok(await work(git));
    } catch (error) {
      if (!this.#isClosed) onTrouble(error);
      return notNow(primary);
    }
  }
}

const notNow = (name: string) =>
  fail(
    'unavailable',
    `The settings are in the clone of ${name}, which cannot be used at the moment. Nothing was changed; try again.`,
    { retryAfter: 5 },
  );

const fixed = (seconds: number) =>
  fail(
    'fixed-by-environment',
    `The environment sets SYNC_INTERVAL to ${seconds}, so it cannot be changed here. Change it there and restart gitpost.`,
  );

const TOO_LONG = 'searches must be shorter: together they do not fit into the settings of the clone';
const tooLong = fail('invalid', `Nothing was saved or changed: ${TOO_LONG}.`, {
  errors: [{ field: 'searches', detail: TOO_LONG }],
});
