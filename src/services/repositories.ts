import { mkdir } from 'node:fs/promises';
import { within } from '../async/within.ts';
import {
  type ClonesFolder,
  cloneContext,
  findClones,
  noteAdded,
  renamePrimary,
  setPrimary,
  withAddress,
  withChosenRemotes,
} from '../clone/folder.ts';
import type { FindFile } from '../clone/line-files.ts';
import { LOCK_PATIENCE, type LockPatience } from '../clone/stale-locks.ts';
import type { RepositoryStatus, SyncResult } from '../contract/repository.ts';
import type { Target, Trouble } from '../domain/repository.ts';
import type { Result } from '../domain/result.ts';
import { sameName } from '../domain/target.ts';
import { removeUnfinished } from '../git/clone.ts';
import { SILENCE_MS } from '../git/gits.ts';
import type { Identity } from '../git/importer.ts';
import type { Credentials } from '../git/remote.ts';
import { GitClosed, type GitContext } from '../git/run.ts';
import type { Line } from '../journal/line.ts';
import type { Database } from '../mirror/database.ts';
import type { Entry } from '../mirror/entry.ts';
import { MirrorBroken } from '../mirror/errors.ts';
import type { Captured, CaptureOptions } from '../repository/capture/queue.ts';
import type { Filler } from '../repository/reconcile/bulk/filler.ts';
import { Repository } from '../repository/repository.ts';
import { Announcer } from './announcer.ts';
import type { Events } from './events.ts';
import { forget, Membership } from './membership.ts';
import { ReadyMirror } from './ready-mirror.ts';
import { Registry } from './registry.ts';
import { captureIn, syncAll } from './repository-work.ts';
import { Unopened } from './unopened.ts';

export interface ManagerOptions {
  readonly reposDirectory: string;
  /** The folder of the app's own bare repositories. */
  readonly remotesDirectory: string;
  /** The repositories in the environment; the first one is the primary. */
  readonly targets: readonly Target[];
  readonly git: Omit<GitContext, 'directory'>;
  readonly githubUrl: string;
  readonly identity: Identity;
  readonly credentials: Credentials | undefined;
  readonly mirror: Database;
  readonly events: Events;
  /** Reads many journals in parallel, if available. */
  readonly filler?: Filler | undefined;
  /** Called with the result of each sync that was requested. */
  readonly onSynced: (result: SyncResult) => void;
  /** Called with the result of each sync, including automatic ones. */
  readonly onOutcome?: (result: SyncResult) => void;
  readonly onTrouble: (error: unknown) => void;
  /** How long to wait for locks of other processes; shorter in tests. */
  readonly lockPatience?: LockPatience;
  /**
   * Finds the files that lines name: among the uploads, or among the uploads and in all clones. Without it, none are
   * found.
   */
  readonly files?: { readonly findUpload: FindFile; readonly findAnywhere: FindFile };
  /** Milliseconds until a clone that could not be opened is tried again; doubled each time. */
  readonly retryPause?: number;
  /** Milliseconds for which git may do nothing while someone is waiting for it; shorter in tests. */
  readonly gitSilence?: number;
}

/** How long a request for a status waits for what only a clone can tell. */
const DETAILS_MS = 5000;
const NO_FILES = { findUpload: async () => undefined, findAnywhere: async () => undefined };

/** All repositories. Opens their clones, and captures, reads, pushes and pulls messages across them. */
export class RepositoryManager {
  readonly #options: ManagerOptions;
  readonly #folder: ClonesFolder;
  /** Adds, changes and removes repositories. */
  readonly membership: Membership;
  readonly #registry: Registry;
  readonly #mirror: ReadyMirror;
  readonly #unopened: Unopened;
  readonly #announcer: Announcer;

  constructor(options: ManagerOptions) {
    this.#options = options;
    const { reposDirectory: directory, remotesDirectory, git } = options;
    this.#folder = { directory, remotesDirectory, git };
    this.#registry = new Registry((...repository) => this.#open(...repository));
    const { isCurrent } = this.#registry;
    this.#unopened = new Unopened({
      isCurrent,
      reopen: (repository, trouble) => this.#openAgain(repository, trouble),
      isOnly: () => this.names().length <= 1,
      onTrouble: options.onTrouble,
      firstPause: options.retryPause,
    });
    this.#mirror = new ReadyMirror({
      mirror: options.mirror,
      repositories: () => this.list(),
      notOpened: (concerns) => this.#unopened.refusal(concerns),
      onTrouble: options.onTrouble,
    });
    this.#announcer = new Announcer({
      events: options.events,
      isReady: () => this.isReady,
      names: () => this.names(),
      isPushed: this.isPushed,
      isCurrent,
    });
    this.membership = new Membership({
      registry: this.#registry,
      unopened: this.#unopened,
      readyMirror: this.#mirror,
      mirror: options.mirror,
      folder: this.#folder,
      targets: options.targets,
      onTrouble: options.onTrouble,
    });
  }

  /** Opens the clones in the environment and those that were added before. Returns once all have started to open. */
  async start(): Promise<void> {
    await mkdir(this.#folder.directory, { recursive: true, mode: 0o700 });
    await removeUnfinished(this.#folder.directory);
    await removeUnfinished(this.#folder.remotesDirectory);
    await renamePrimary(this.#folder, this.#options.targets);
    const targets = await withChosenRemotes(this.#folder, this.#options.targets);
    const added = (await findClones(this.#folder, this.#isMirrored)).filter(
      ({ name }) => !targets.some((target) => sameName(target.name, name)),
    );
    targets.forEach((target, index) => {
      this.#unopened.keepOpening(this.#registry.open(target, index === 0));
    });
    for (const target of added) this.#unopened.keepOpening(this.#registry.open(target, false));
    this.#mirror.start();
    const { mirror } = this.#options;
    for (const name of mirror.repositories()) if (!this.find(name)) await forget(mirror, name);
  }

  /** Whether mirror and clones agree, so reads need not wait. */
  get isReady(): boolean {
    return this.#mirror.isReady;
  }

  names(): string[] {
    return this.#registry.names();
  }

  /** The name of the repository set with `REPOSITORY_NAME`. */
  get primary(): string {
    return (this.#options.targets[0] as Target).name;
  }

  /** How git runs in the clone of a repository. */
  contextOf(name: string): GitContext {
    return this.find(name)?.git ?? cloneContext(this.#folder, name);
  }

  find(name: string): Repository | undefined {
    return this.#registry.find(name);
  }

  list(): Repository[] {
    return this.#registry.list();
  }

  status(): RepositoryStatus[] {
    return this.list().map((repository) => repository.status());
  }

  /**
   * Reads what only the clones themselves can tell, such as uncommitted changes, in one of them or in all. Waits five
   * seconds at most; after that, the status shows what was known before.
   */
  async refreshDetails(name?: string): Promise<void> {
    const asked = name === undefined ? this.list() : [this.find(name)];
    await within(DETAILS_MS, Promise.all(asked.map((repository) => repository?.refreshDetails())));
  }

  readonly isPushed = (name: string, commit: string | null): boolean =>
    this.find(name)?.isPushed(commit) ?? false;

  /** Captures a line in a repository; see {@link captureIn}. */
  capture(name: string, line: Line, options?: CaptureOptions): Promise<Captured> {
    return captureIn(this.#registry, name, line, options);
  }

  /** See {@link ReadyMirror.read}. */
  withMirror<Value>(
    work: (mirror: Database) => Promise<Value>,
    concerns?: (repository: string) => boolean,
  ): Promise<Result<Value>> {
    return this.#mirror.read(work, concerns);
  }

  /** The repositories that could not be opened yet, so their contents are unknown. */
  unopened(): string[] {
    return this.#unopened.names();
  }

  /** See {@link ReadyMirror.whenReady}. */
  whenReady(): Promise<void> {
    return this.#mirror.whenReady();
  }

  /** See {@link ReadyMirror.rebuild}. */
  rebuild(): void {
    this.#mirror.rebuild();
  }

  /** Fetches, merges and pushes; see {@link syncAll}. */
  push(names: readonly string[]): Promise<SyncResult[]> {
    return syncAll(this.#registry, names, 'push', this.#options.onSynced);
  }

  /** Like {@link push}, without the push. */
  pull(names: readonly string[]): Promise<SyncResult[]> {
    return syncAll(this.#registry, names, 'pull', this.#options.onSynced);
  }

  /**
   * Resolves when all repositories are closed: everything that was accepted is answered, and no git process is
   * running.
   */
  async close(): Promise<void> {
    await this.#registry.changes.run(async (held) => {
      this.#unopened.close();
      await this.#registry.close(held);
    });
  }

  /** Opens the clone that has replaced a repository's, as a start would. */
  #reopen(replaced: Repository): Promise<void> {
    return this.#registry.changes.run(async () => {
      if (!this.#registry.isCurrent(replaced)) return;
      await replaced.close();
      this.#unopened.keepOpening(this.#registry.open(replaced.target, replaced.primary));
    });
  }

  #openAgain(repository: Repository, trouble: Trouble): Promise<Repository | undefined> {
    return this.#registry.changes.run(async () => {
      if (!this.#registry.isCurrent(repository)) return undefined;
      await repository.close();
      return this.#registry.replace(
        repository,
        await withAddress(this.#folder, repository.target, this.#isMirrored),
        trouble,
      );
    });
  }

  readonly #isMirrored = (name: string): boolean => this.#options.mirror.repositories().includes(name);

  #open(
    target: Target,
    primary: boolean,
    branch: string | undefined,
    failedBefore: Trouble | undefined,
  ): Repository {
    const { githubUrl, identity, mirror, credentials } = this.#options;
    return new Repository(target, primary, branch, {
      git: cloneContext(this.#folder, target.name),
      gitSilence: this.#options.gitSilence ?? SILENCE_MS,
      githubUrl,
      identity,
      mirror,
      network: (onProgress) => ({ credentials, onProgress }),
      onChanges: (changes) => this.#announcer.changes(changes),
      isAnnounced: () => this.isReady,
      filler: this.#options.filler,
      onStatus: (changed) => this.#announcer.status(changed),
      onProgress: (name, stage, percent) => this.#announcer.progress(name, stage, percent),
      failedBefore,
      note: async (git) => {
        await setPrimary(git, primary);
        await noteAdded(git);
      },
      onReplaced: (replaced) => void this.#reopen(replaced).catch(this.#options.onTrouble),
      onOutcome: (result) => this.#options.onOutcome?.(result),
      onTrouble: (error) => this.#onTrouble(error),
      lockPatience: this.#options.lockPatience ?? LOCK_PATIENCE,
      files: this.#options.files ?? NO_FILES,
    });
  }

  #onTrouble(error: unknown): void {
    if (error instanceof MirrorBroken) this.rebuild();
    // What a closed clone did not finish is done again in the one that replaces it.
    if (error instanceof GitClosed) return;
    this.#options.onTrouble(error);
  }

  publishMessage(change: 'created' | 'updated' | 'deleted', entry: Entry): void {
    this.#announcer.message(change, entry);
  }
}
