import { rename } from 'node:fs/promises';
import { checkBranchName } from '../clone/branch.ts';
import { type ClonesFolder, cloneContext, noteRemote, noteRemoved } from '../clone/folder.ts';
import type { Target } from '../domain/repository.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { sameName } from '../domain/target.ts';
import { inspectFolder, isSameFolder } from '../git/clone.ts';
import type { Database } from '../mirror/database.ts';
import { makeEntry } from '../mirror/entry.ts';
import type { Repository } from '../repository/repository.ts';
import type { ReadyMirror } from './ready-mirror.ts';
import type { Registry } from './registry.ts';
import type { Unopened } from './unopened.ts';

export interface MembershipPorts {
  readonly registry: Registry;
  readonly unopened: Unopened;
  readonly readyMirror: ReadyMirror;
  readonly mirror: Database;
  readonly folder: ClonesFolder;
  /** The repositories in the environment. They keep their names and cannot be removed. */
  readonly targets: readonly Target[];
  readonly onTrouble: (error: unknown) => void;
}

/** Adds, changes and removes repositories while the program runs, one change at a time. */
export class Membership {
  readonly #ports: MembershipPorts;
  readonly #registry: Registry;

  constructor(ports: MembershipPorts) {
    this.#ports = ports;
    this.#registry = ports.registry;
  }

  /**
   * Adds a repository. Its clone is created, or opened again, in the background. `repository-exists`; `invalid` for a
   * branch.
   */
  add(target: Target, branch: string | undefined): Promise<Result<Repository>> {
    return this.#registry.changes.run(async () => {
      const free = await this.canAdd(target, branch);
      return free.ok ? ok(this.#registry.open(target, false, branch)) : free;
    });
  }

  /** Whether a repository could be added at the moment. `repository-exists`, or `invalid` for the branch. */
  async canAdd(target: Target, branch: string | undefined): Promise<Result<void>> {
    const twin = this.#registry.names().find((name) => sameName(name, target.name));
    if (twin) return repositoryExists(twin);
    const git = { ...this.#ports.folder.git, directory: this.#ports.folder.directory };
    const checked = branch === undefined ? ok(undefined) : await checkBranchName({ git }, branch);
    return checked.ok ? ok(undefined) : checked;
  }

  /**
   * Changes the branch or the name of a repository, or both. `unknown-repository`, `fixed-by-environment`,
   * `repository-exists`, `invalid`, `checkout-refused` or `unavailable`.
   */
  change(
    name: string,
    change: { readonly branch?: string; readonly name?: string },
  ): Promise<Result<Repository>> {
    return this.#registry.changes.run(async () => {
      const repository = this.#registry.find(name);
      if (!repository) return noRepository(name);
      const newName = change.name ?? name;
      if (newName !== name) {
        if (this.#isNamed(name)) return fixed(name, 'renamed');
        if (this.#registry.names().some((other) => other !== name && sameName(other, newName))) {
          return repositoryExists(newName);
        }
        const directory = cloneContext(this.#ports.folder, newName).directory;
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
      return this.#ports.readyMirror.hold(this.#rename(repository, newName));
    });
  }

  /**
   * Whether a repository's remote can be changed. `unknown-repository`, or `fixed-by-environment` if the environment
   * sets it.
   */
  canChangeRemote(name: string): Result<void> {
    const repository = this.#registry.find(name);
    if (!repository) return noRepository(name);
    const named = this.#ports.targets.find((target) => sameName(target.name, name));
    return named && !named.own ? fixed(name, 'given another remote') : ok(undefined);
  }

  /**
   * Changes the remote of a repository. The next sync is a first contact and joins both histories.
   * `unknown-repository`, `fixed-by-environment` or `unavailable`.
   */
  changeRemote(name: string, url: string): Promise<Result<void>> {
    return this.#registry.changes.run(async () => {
      const free = this.canChangeRemote(name);
      const repository = this.#registry.find(name);
      if (!free.ok || !repository) return free;
      const { target } = repository;
      if (target.url === url) return ok(undefined);
      const isNoted = !target.own || (await this.#tryTo(noteRemote(repository.git, url)));
      if (!isNoted) return notNow(name);
      await repository.close();
      const moved = this.#registry.replace(repository, { ...target, url, own: false });
      // It may be one that could not be opened so far.
      this.#ports.unopened.keepOpening(moved);
      await moved.opened;
      return ok(undefined);
    });
  }

  /**
   * Removes a repository. Its clone stays on disk with everything that was captured, and can be added again.
   * `unknown-repository`, `fixed-by-environment` or `unavailable`.
   */
  remove(name: string): Promise<Result<void>> {
    return this.#registry.changes.run(async () => {
      const repository = this.#registry.find(name);
      if (!repository) return noRepository(name);
      if (this.#isNamed(name)) return fixed(name, 'removed');
      // This is recorded first, so if it fails, nothing is half removed.
      const noted = repository.isBroken || (await this.#tryTo(noteRemoved(repository.git)));
      if (!noted) return notNow(name);
      await repository.close();
      this.#registry.delete(name);
      this.#ports.unopened.delete(name);
      await forget(this.#ports.mirror, name);
      return ok(undefined);
    });
  }

  /**
   * Renames a repository. Its folder is moved once no git process is running in it. Requests that arrive in the
   * meantime wait for the new one.
   */
  async #rename(repository: Repository, name: string): Promise<Result<Repository>> {
    const { target } = repository;
    const isIdle = await repository.close();
    const [from, to] = [repository.name, name].map((one) => cloneContext(this.#ports.folder, one).directory);
    if (!isIdle || !(await this.#tryTo(rename(from as string, to as string)))) {
      this.#registry.replace(repository, target);
      return notNow(repository.name);
    }
    this.#registry.delete(repository.name);
    const isUnopened = this.#ports.unopened.has(repository.name);
    this.#ports.unopened.delete(repository.name);
    await forget(this.#ports.mirror, repository.name);
    const renamed = this.#registry.replace(repository, { ...target, name });
    if (isUnopened) this.#ports.unopened.keepOpening(renamed);
    await renamed.opened;
    return ok(renamed);
  }

  /** Whether an operation on the disk succeeded. If not, the log says why. */
  async #tryTo(work: Promise<void>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      this.#ports.onTrouble(error);
      return false;
    }
  }

  #isNamed = (name: string): boolean => this.#ports.targets.some((target) => sameName(target.name, name));
}

/** Makes the mirror forget a repository, including the messages that no other one holds. */
export async function forget(mirror: Database, name: string): Promise<void> {
  await mirror.forget(name, (entry) => {
    const held = [...entry.held].flatMap(([hash, { line, commits }]) => {
      const left = new Map([...commits].filter(([repository]) => repository !== name));
      return left.size === 0 ? [] : [[hash, { line, commits: left }] as const];
    });
    return makeEntry(new Map(held));
  });
}

const repositoryExists = (name: string) =>
  fail('repository-exists', `There is already a repository ${JSON.stringify(name)}. Nothing was changed.`);

const folderExists = (name: string) =>
  fail('repository-exists', `There is already a folder ${JSON.stringify(name)}. Nothing was changed.`);

export const noRepository = (name: string) =>
  fail('unknown-repository', `There is no repository ${JSON.stringify(name)}.`);

const fixed = (name: string, what: string) =>
  fail(
    'fixed-by-environment',
    `The environment names ${name} (REPOSITORY_NAME or REPOSITORIES), so it cannot be ${what} here. Change it there and restart gitpost.`,
  );

const notNow = (name: string) =>
  fail(
    'unavailable',
    `The clone of ${name} cannot be changed at the moment; another git process may be using it. Nothing was changed; try again.`,
    { retryAfter: 5 },
  );
