import { mkdir, rename } from 'node:fs/promises';
import { Mutex } from '../async/mutex.ts';
import { within } from '../async/within.ts';
import { checkBranchName } from '../clone/branch.ts';
import {
  type ClonesFolder,
  cloneContext,
  findClone,
  findClones,
  markPrimary,
  markRemoved,
  noteRemote,
  renamePrimary,
  UNKNOWN_ADDRESS,
  withChosenRemotes,
} from '../clone/folder.ts';
import type { FindFile } from '../clone/line-files.ts';
import { LOCK_PATIENCE, type LockPatience } from '../clone/stale-locks.ts';
import type { RepositoryStatus, SyncResult } from '../contract/repository.ts';
import { isFailure, type Target, type Trouble } from '../domain/repository.ts';
import { ok, type Result } from '../domain/result.ts';
import { sameName } from '../domain/target.ts';
import { inspectFolder, isSameFolder, removeUnfinished } from '../git/clone.ts';
import { SILENCE_MS } from '../git/gits.ts';
import type { Identity } from '../git/importer.ts';
import type { Credentials } from '../git/remote.ts';
import { GitClosed, type GitContext } from '../git/run.ts';
import type { Line } from '../journal/line.ts';
import type { Database } from '../mirror/database.ts';
import type { Entry } from '../mirror/entry.ts';
import { MirrorBroken } from '../mirror/errors.ts';
import type { Captured } from '../repository/capture/capture.ts';
import type { Filler } from '../repository/reconcile/bulk/filler.ts';
import { Repository } from '../repository/repository.ts';
import { Announcer } from './announcer.ts';
import type { Events } from './events.ts';
import { fixed, folderExists, forget, noRepository, notNow, repositoryExists } from './membership.ts';
import { notReady, PATIENCE_MS, ReadyMirror } from './ready-mirror.ts';
import { Unopened } from './unopened.ts';

export interface ManagerOptions {
  readonly reposDirectory: string;
  /** Where the app's own bare repositories are. */
  readonly remotesDirectory: string;
  /** What the environment names; the first one is the primary. */
  readonly targets: readonly Target[];
  readonly git: Omit<GitContext, 'directory'>;
  readonly githubUrl: string;
  readonly identity: Identity;
  readonly credentials: Credentials | undefined;
  readonly mirror: Database;
  readonly events: Events;
  /** What reads many journals side by side, where there is something. */
  readonly filler?: Filler | undefined;
  /** Told of each sync that somebody asked for. */
  readonly onSynced: (result: SyncResult) => void;
  /** Hears what each sync came to, the automatic ones too. */
  readonly onOutcome?: (result: SyncResult) => void;
  readonly onTrouble: (error: unknown) => void;
  /** How long somebody else's lock is waited for; tests wait less. */
  readonly lockPatience?: LockPatience;
  /** Finds the files that lines name: among the uploads, or there and in all clones. Without it there are none. */
  readonly files?: { readonly findUpload: FindFile; readonly findAnywhere: FindFile };
  /** Milliseconds after which a clone that could not be opened is tried again; doubled each time. */
  readonly retryPause?: number;
  /** Milliseconds that a git may do nothing while somebody waits for it; tests wait less. */
  readonly gitSilence?: number;
}

/** How long a request for a status waits for what only a clone can tell. */
const DETAILS_MS = 5000;
const SYNCS_AT_ONCE = 4;
/** How often work follows a repository to a new place. */
const PLACES = 5;

/** All repositories: it opens their clones, and adds, reads, pushes and pulls messages across them. */
export class RepositoryManager {
  readonly #options: ManagerOptions;
  readonly #folder: ClonesFolder;
  readonly #repositories = new Map<string, Repository>();
  /** One change of the set of repositories at a time. */
  readonly #changes = new Mutex();
  readonly #mirror: ReadyMirror;
  readonly #unopened: Unopened;
  readonly #announcer: Announcer;
  /** Which repository has taken the place of one that was closed. */
  readonly #successors = new WeakMap<Repository, Repository>();

  constructor(options: ManagerOptions) {
    this.#options = options;
    const { reposDirectory: directory, remotesDirectory, git } = options;
    this.#folder = { directory, remotesDirectory, git };
    const isCurrent = (repository: Repository) => this.#repositories.get(repository.name) === repository;
    this.#unopened = new Unopened({
      isCurrent,
      reopen: (repository, trouble) => this.#openAgain(repository, trouble),
      onTrouble: options.onTrouble,
      firstPause: options.retryPause,
    });
    this.#mirror = new ReadyMirror({
      mirror: options.mirror,
      repositories: () => this.list(),
      notOpened: (concerns) => this.#notOpened(this.unopened().find(concerns)),
      onTrouble: options.onTrouble,
    });
    this.#announcer = new Announcer({
      events: options.events,
      isReady: () => this.isReady,
      names: () => this.names(),
      isPushed: this.isPushed,
      isCurrent,
    });
  }

  /** Opens the clones that the environment names and those that were added before. Returns once all are begun. */
  async start(): Promise<void> {
    const { mirror } = this.#options;
    await mkdir(this.#folder.directory, { recursive: true, mode: 0o700 });
    await removeUnfinished(this.#folder.directory);
    await removeUnfinished(this.#folder.remotesDirectory);
    await renamePrimary(this.#folder, this.#options.targets);
    const targets = await withChosenRemotes(this.#folder, this.#options.targets);
    const added = (await findClones(this.#folder, this.#isMirrored)).filter(
      ({ name }) => !targets.some((target) => sameName(target.name, name)),
    );
    targets.forEach((target, index) => {
      this.#unopened.keepOpening(this.#begin(target, index === 0));
    });
    for (const target of added) this.#unopened.keepOpening(this.#begin(target, false));
    this.#mirror.begin();
    for (const name of mirror.repositories())
      if (!this.#repositories.has(name)) await forget(this.#options.mirror, name);
  }

  /** Whether mirror and clones agree, so reads need not wait. */
  get isReady(): boolean {
    return this.#mirror.isReady;
  }

  names(): string[] {
    return [...this.#repositories.keys()];
  }

  get primary(): string {
    return (this.#options.targets[0] as Target).name;
  }

  /** How git runs in the clone of a repository. */
  contextOf(name: string): GitContext {
    return this.#repositories.get(name)?.git ?? cloneContext(this.#folder, name);
  }

  find(name: string): Repository | undefined {
    return this.#repositories.get(name);
  }

  list(): Repository[] {
    return [...this.#repositories.values()];
  }

  status(): RepositoryStatus[] {
    return this.list().map((repository) => repository.status());
  }

  /**
   * Looks at what only the clones themselves can tell, in one or all, so that a status tells of it. Five seconds at
   * most: after that the status is what was known before.
   */
  async look(name?: string): Promise<void> {
    const asked = name === undefined ? this.list() : [this.#repositories.get(name)];
    await within(DETAILS_MS, Promise.all(asked.map((repository) => repository?.look())));
  }

  readonly isPushed = (name: string, commit: string | null): boolean =>
    this.#repositories.get(name)?.isPushed(commit) ?? false;

  /**
   * Captures a line in a repository; a failure if its clone is not ready in time.
   *
   * @param needed the hashes of files without which it must not be captured
   */
  async capture(name: string, line: Line, needed?: ReadonlySet<string>): Promise<Captured> {
    if (!this.#repositories.has(name)) return noRepository(name);
    const captured = await within(
      PATIENCE_MS,
      this.#inPlace(
        name,
        (repository) => repository.capture(line, needed),
        (value) => value.ok,
      ).then((value) => value ?? noRepository(name)),
    );
    if (captured) return captured;
    const why = this.#repositories.get(name)?.isOpening
      ? `The clone of ${name} is still being made.`
      : `git has not written to ${name} within ${PATIENCE_MS / 1000} seconds; the disk may be slow, or a git may hang.`;
    return notReady(
      why,
      'The message may still be saved: sending it again with the same id makes no second one',
    );
  }

  /** See {@link ReadyMirror.read}. */
  withMirror<Value>(
    work: (mirror: Database) => Promise<Value>,
    concerns?: (repository: string) => boolean,
  ): Promise<Result<Value>> {
    return this.#mirror.read(work, concerns);
  }

  /** The repositories that could not be opened yet, so nobody knows what they hold. */
  unopened(): string[] {
    return this.#unopened.names();
  }

  #notOpened(name: string | undefined) {
    if (name === undefined) return undefined;
    const trouble = this.#unopened.troubleOf(name);
    const why = `${trouble?.detail ?? `The clone ${name} cannot be used.`} Its messages cannot be read until then.`;
    const others =
      this.names().length > 1 ? ' To read those of another repository, use ?repository=<name>.' : '';
    return notReady(`${why} gitpost tries again on its own.${others}`);
  }

  whenReady(): Promise<void> {
    return this.#mirror.whenReady();
  }

  rebuild(): void {
    this.#mirror.rebuild();
  }

  /** Adds a repository while the program runs; its clone is made, or taken up again, in the background. */
  addRepository(target: Target, branch: string | undefined): Promise<Result<Repository>> {
    return this.#changes.run(async () => {
      const free = await this.canAdd(target, branch);
      return free.ok ? ok(this.#begin(target, false, branch)) : free;
    });
  }

  /** Whether a repository could be added as things are now. */
  async canAdd(target: Target, branch: string | undefined): Promise<Result<void>> {
    const twin = this.names().find((name) => sameName(name, target.name));
    if (twin) return repositoryExists(twin);
    const git = { ...this.#folder.git, directory: this.#folder.directory };
    const checked = branch === undefined ? ok(undefined) : await checkBranchName({ git }, branch);
    return checked.ok ? ok(undefined) : checked;
  }

  /** Gives a repository another branch, another name, or both. */
  changeRepository(
    name: string,
    change: { readonly branch?: string; readonly name?: string },
  ): Promise<Result<Repository>> {
    return this.#changes.run(async () => {
      const repository = this.#repositories.get(name);
      if (!repository) return noRepository(name);
      const newName = change.name ?? name;
      if (newName !== name) {
        if (this.#isNamed(name)) return fixed(name, 'renamed');
        if (this.names().some((other) => other !== name && sameName(other, newName))) {
          return repositoryExists(newName);
        }
        const directory = cloneContext(this.#folder, newName).directory;
        const isOwn = await isSameFolder(directory, repository.git.directory);
        if (!isOwn && (await inspectFolder(directory)) !== 'absent') {
          return folderExists(newName);
        }
      }
      if (change.branch !== undefined) {
        const used = await repository.useBranch(change.branch);
        if (!used.ok) return used;
      }
      if (newName === name) return ok(repository);
      return this.#mirror.hold(this.#rename(repository, newName));
    });
  }

  /** Whether a repository can get another remote: what the environment names has the one that it names. */
  canChangeRemote(name: string): Result<void> {
    const repository = this.#repositories.get(name);
    if (!repository) return noRepository(name);
    const named = this.#options.targets.find((target) => sameName(target.name, name));
    return named && !named.own ? fixed(name, 'given another remote') : ok(undefined);
  }

  /** Gives a repository another remote. Both histories are joined by the next sync, which is a first contact. */
  changeRemote(name: string, url: string): Promise<Result<void>> {
    return this.#changes.run(async () => {
      const free = this.canChangeRemote(name);
      const repository = this.#repositories.get(name);
      if (!free.ok || !repository) return free;
      const { target, primary } = repository;
      if (target.url === url) return ok(undefined);
      const isNoted = !target.own || (await this.#tryTo(noteRemote(repository.git, url)));
      if (!isNoted) return notNow(name);
      await repository.close();
      const moved = this.#begin({ ...target, url, own: false }, primary);
      this.#successors.set(repository, moved);
      // It may be one that could not be opened so far.
      this.#unopened.keepOpening(moved);
      await moved.opened;
      return ok(undefined);
    });
  }

  /** Lets a repository go. Its clone stays on disk, with everything that was captured, and can be added again. */
  removeRepository(name: string): Promise<Result<void>> {
    return this.#changes.run(async () => {
      const repository = this.#repositories.get(name);
      if (!repository) return noRepository(name);
      if (this.#isNamed(name)) return fixed(name, 'removed');
      // Noted first, so that where that can't be done nothing is half gone.
      const noted = repository.isBroken || (await this.#tryTo(markRemoved(repository.git, true)));
      if (!noted) return notNow(name);
      await repository.close();
      this.#repositories.delete(name);
      this.#unopened.delete(name);
      await forget(this.#options.mirror, name);
      return ok(undefined);
    });
  }

  /** The folder moves once no git is at work in it; what is asked of the repository meanwhile waits for the new one. */
  async #rename(repository: Repository, name: string): Promise<Result<Repository>> {
    const { target, primary } = repository;
    const isIdle = await repository.close();
    const [from, to] = [repository.name, name].map((one) => cloneContext(this.#folder, one).directory);
    if (!isIdle || !(await this.#tryTo(rename(from as string, to as string)))) {
      this.#successors.set(repository, this.#begin(target, primary));
      return notNow(repository.name);
    }
    this.#repositories.delete(repository.name);
    const isUnopened = this.#unopened.has(repository.name);
    this.#unopened.delete(repository.name);
    await forget(this.#options.mirror, repository.name);
    const renamed = this.#begin({ ...target, name }, primary);
    this.#successors.set(repository, renamed);
    if (isUnopened) this.#unopened.keepOpening(renamed);
    await renamed.opened;
    return ok(renamed);
  }

  /** Whether something on the disk could be done; where not, the log says why. */
  async #tryTo(work: Promise<void>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      this.#options.onTrouble(error);
      return false;
    }
  }

  #isNamed = (name: string): boolean => this.#options.targets.some((target) => sameName(target.name, name));

  async push(names: readonly string[]): Promise<SyncResult[]> {
    return this.#sync(names, true);
  }

  async pull(names: readonly string[]): Promise<SyncResult[]> {
    return this.#sync(names, false);
  }

  async close(): Promise<void> {
    await this.#changes.run(async () => {
      const all = this.list();
      this.#unopened.close();
      // Nothing is opened again that is not here any more.
      this.#repositories.clear();
      await Promise.all(all.map((repository) => repository.close()));
    });
  }

  /**
   * What comes of some work with a repository: of a second try with the one that has taken its place, if its clone
   * proved to be replaced by another one, or if it was closed before the work was done, as for a new name.
   */
  async #inPlace<Value>(
    name: string,
    work: (repository: Repository) => Promise<Value>,
    isDone: (value: Value) => boolean,
  ): Promise<Value | undefined> {
    let repository = this.#repositories.get(name);
    for (let attempt = 1; ; attempt += 1) {
      const value = repository && (await work(repository));
      if (!repository || value === undefined || attempt > PLACES) return value;
      if (!repository.isReplaced && (!repository.isClosed || isDone(value))) return value;
      await this.#changes.run(async () => undefined);
      repository = this.#successors.get(repository) ?? this.#repositories.get(name);
    }
  }

  /** Opens the clone that has taken the place of a repository's, as a start would. */
  #reopen(replaced: Repository): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#repositories.get(replaced.name) !== replaced) return;
      await replaced.close();
      this.#unopened.keepOpening(this.#begin(replaced.target, replaced.primary));
    });
  }

  #openAgain(repository: Repository, trouble: Trouble): Promise<Repository | undefined> {
    return this.#changes.run(async () => {
      if (this.#repositories.get(repository.name) !== repository) return undefined;
      await repository.close();
      const target = await this.#addressed(repository.target);
      const next = this.#begin(target, repository.primary, undefined, trouble);
      this.#successors.set(repository, next);
      return next;
    });
  }

  readonly #isMirrored = (name: string): boolean => this.#options.mirror.repositories().includes(name);

  /** The target of a clone whose settings could not be read so far, with its address if they can be read now. */
  async #addressed(target: Target): Promise<Target> {
    if (target.url !== UNKNOWN_ADDRESS) return target;
    return (await findClone(this.#folder, target.name, this.#isMirrored)) ?? target;
  }

  async #sync(names: readonly string[], push: boolean): Promise<SyncResult[]> {
    const results = new Map<string, SyncResult>();
    const waiting = [...names];
    const worker = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const result = await this.#inPlace(
          name,
          (repository) => repository.sync(push),
          ({ status }) => !isFailure(status),
        );
        if (!result) continue;
        results.set(name, result);
        this.#options.onSynced(result);
      }
    };
    await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, worker));
    return names.flatMap((name) => results.get(name) ?? []);
  }

  #begin(target: Target, primary: boolean, branch?: string, failedBefore?: Trouble): Repository {
    const { githubUrl, identity, mirror, credentials } = this.#options;
    const repository = Repository.open(target, primary, branch, {
      git: cloneContext(this.#folder, target.name),
      gitSilence: this.#options.gitSilence ?? SILENCE_MS,
      githubUrl,
      identity,
      mirror,
      network: (onProgress) => ({ credentials, onProgress }),
      onChanges: (changes) => this.#announcer.changes(changes),
      isTold: () => this.isReady,
      filler: this.#options.filler,
      onStatus: (changed) => this.#announcer.status(changed),
      onProgress: (name, stage, percent) => this.#announcer.progress(name, stage, percent),
      failedBefore,
      note: async (git) => {
        await markPrimary(git, primary);
        await markRemoved(git, false);
      },
      onReplaced: (replaced) => void this.#reopen(replaced).catch(this.#options.onTrouble),
      onOutcome: (result) => this.#options.onOutcome?.(result),
      onTrouble: (error) => this.#onTrouble(error),
      lockPatience: this.#options.lockPatience ?? LOCK_PATIENCE,
      files: this.#options.files ?? NO_FILES,
    });
    this.#repositories.set(target.name, repository);
    return repository;
  }

  #onTrouble(error: unknown): void {
    if (error instanceof MirrorBroken) this.rebuild();
    // Whatever did not come to its end in a closed clone is done again where it counts.
    if (error instanceof GitClosed) return;
    this.#options.onTrouble(error);
  }

  publishMessage(change: 'created' | 'updated' | 'deleted', entry: Entry): void {
    this.#announcer.message(change, entry);
  }
}

const NO_FILES = { findUpload: async () => undefined, findAnywhere: async () => undefined };
