import type { Advice, Probe } from '../contract/github.ts';
import type { GithubName, GithubTrouble } from '../domain/github.ts';
import type { Target } from '../domain/repository.ts';
import { type Failure, fail, ok, type Result } from '../domain/result.ts';
import { isLocalLocation } from '../domain/target.ts';
import { localPath } from '../git/address.ts';
import { inspectFolder } from '../git/clone.ts';
import { inspectRemoteFolder } from '../git/remote-folder.ts';
import type { Found } from '../github/repositories.ts';
import type { Repository } from '../repository/repository.ts';
import type { Github, Inspected } from './github.ts';
import type { RepositoryManager } from './repositories.ts';

/** A repository that a person wants to add. */
export interface Wanted {
  readonly target: Target;
  readonly branch: string | undefined;
  /** Whether it is created on GitHub first, and then whether as a private one. */
  readonly create: boolean;
  readonly private: boolean;
  /** Whether the use of a public repository was confirmed. */
  readonly confirm: boolean;
}

export interface Added {
  readonly repository: Repository;
  readonly probe: Probe;
}

const UNKNOWN: Probe = {
  fullName: null,
  visibility: null,
  canPush: null,
  defaultBranch: null,
  empty: null,
  protected: null,
  created: false,
  warnings: [],
};

/**
 * Checks a repository before anything is written to it, then adds it. A public one is only added if that was
 * confirmed. If GitHub cannot be asked, it is still added, and the probe says what could not be checked.
 *
 * `repository-exists`, `invalid`, `public-repository`, or, if it is to be created on GitHub, what GitHub refused.
 */
export async function addRepository(
  repositories: RepositoryManager,
  github: Github,
  wanted: Wanted,
): Promise<Result<Added>> {
  const { target, branch } = wanted;
  const free = await repositories.membership.canAdd(target, branch);
  if (!free.ok) return free;
  // A repository that was removed from the list can be added again, even while its disk is not available.
  const isKept = (await inspectFolder(repositories.contextOf(target.name).directory)) === 'clone';
  const place = isKept ? ok(undefined) : await checkFolder(target);
  if (!place.ok) return place;
  const probed = wanted.create ? await create(github, wanted) : ok(await probe(github, wanted));
  if (!probed.ok) return probed;
  if (probed.value.visibility === 'public' && !wanted.confirm) return isPublic(probed.value);
  const added = await repositories.membership.add(target, branch);
  return added.ok ? ok({ repository: added.value, probe: probed.value }) : added;
}

/**
 * Changes the remote of a repository. The new remote is checked like a new repository, and a public one has to be
 * confirmed. What was captured goes there with the next push.
 *
 * `unknown-repository`, `fixed-by-environment`, `invalid`, `public-repository`, `unavailable`, or, if it is to be
 * created on GitHub, what GitHub refused.
 */
export async function changeRemote(
  repositories: RepositoryManager,
  github: Github,
  name: string,
  wanted: Wanted,
): Promise<Result<void>> {
  const free = repositories.membership.canChangeRemote(name);
  if (!free.ok) return free;
  const place = await checkFolder(wanted.target);
  if (!place.ok) return place;
  const probed = wanted.create ? await create(github, wanted) : ok(await probe(github, wanted));
  if (!probed.ok) return probed;
  if (probed.value.visibility === 'public' && !wanted.confirm) return isPublic(probed.value);
  return repositories.membership.changeRemote(name, wanted.target.url);
}

/** Refuses a folder that does not exist or is not a git repository: most likely, its path was mistyped. */
async function checkFolder({ url }: Target): Promise<Result<void>> {
  const found = await inspectRemoteFolder(url);
  if (found === 'elsewhere' || found === 'repository') return ok(undefined);
  const path = localPath(url);
  const [what, remedy] =
    found === 'absent'
      ? [`There is no folder ${path}`, 'Correct the path, or plug in the disk that it is on']
      : [`The folder ${path} is not a git repository`, 'Correct the path'];
  const detail = `${what}. Nothing was changed. ${remedy}. To make a new repository there: git init --bare ${path}`;
  return fail('invalid', detail, { errors: [{ field: 'url', detail: `url: ${what}` }] });
}

async function probe(github: Github, { target, branch }: Wanted): Promise<Probe> {
  const name = github.nameOf(target);
  if (!name) return { ...UNKNOWN, warnings: isLocalLocation(target.url) ? [] : [ELSEWHERE] };
  const inspected = await github.inspect(name);
  return inspected.ok
    ? probeOf(inspected.value, name, branch)
    : { ...UNKNOWN, warnings: [unchecked(inspected.failure)] };
}

async function create(github: Github, wanted: Wanted): Promise<Result<Probe>> {
  const name = github.nameOf(wanted.target);
  if (!name) {
    const detail = 'only a repository on GitHub can be made from here: give github as owner/name';
    return fail('invalid', `Nothing was changed: ${detail}.`, { errors: [{ field: 'create', detail }] });
  }
  if (!wanted.private && !wanted.confirm) {
    return isPublic({ ...UNKNOWN, fullName: fullNameOf(name), visibility: 'public' });
  }
  const created = await github.create(name, wanted.private);
  if (!created.ok) return { ok: false, failure: failureOf(created.failure) };
  if (created.value === 'taken') {
    const detail = `GitHub has a repository ${fullNameOf(name)} already. Nothing was changed: add it without "create", or choose another name.`;
    return fail('repository-exists', detail);
  }
  return ok({ ...probeOfFound(created.value, name), empty: true, protected: false, created: true });
}

function probeOf({ found, branches }: Inspected, name: GithubName, branch: string | undefined): Probe {
  const known = probeOfFound(found, name);
  if (!branches) return known;
  const captured = branch ?? found.defaultBranch;
  const isProtected = branches.isProtected(captured);
  const warnings = isProtected ? [...known.warnings, protectedBranch(captured)] : known.warnings;
  return { ...known, empty: branches.isEmpty, protected: isProtected, warnings };
}

function probeOfFound(found: Found, name: GithubName): Probe {
  const warnings: Advice[] = [];
  if (found.canPush === false) warnings.push(NO_PUSH);
  if (found.archived) warnings.push(ARCHIVED);
  if (found.visibility === 'internal') warnings.push(INTERNAL);
  if (found.fullName.toLowerCase() !== fullNameOf(name).toLowerCase()) warnings.push(renamed(found.fullName));
  const { fullName, visibility, canPush, defaultBranch } = found;
  return { ...UNKNOWN, fullName, visibility, canPush, defaultBranch, warnings };
}

const fullNameOf = ({ owner, name }: GithubName): string => `${owner}/${name}`;

const isPublic = (probed: Probe): { readonly ok: false; readonly failure: Failure } => {
  const state = probed.created ? 'was made on GitHub, as a public one' : 'is public';
  return fail(
    'public-repository',
    `${probed.fullName} ${state}: anyone can read what is pushed there. Nothing was added. ` +
      'Send the same with "confirm": true if that is what you want, or make it private on GitHub first.',
    { members: { probe: probed } },
  );
};

/** GitHub's refusal as a failure of ours. Each kind has its own code. */
export const failureOf = ({ kind, detail, action, retryAfter }: GithubTrouble): Failure => ({
  code: `github-${kind}`,
  detail: `${detail} ${action}`,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

const unchecked = ({ detail, action }: GithubTrouble): Advice => ({
  detail: `${detail} So it was not checked whether it is there, whether it is public and whether you may push to it.`,
  action: `${action} Make sure yourself that the repository is not public before you push.`,
});

const ELSEWHERE: Advice = {
  detail:
    'It is not on GITHUB_URL, so it was not checked whether it is public and whether you may push to it.',
  action: 'Make sure yourself that it is not public before you push, unless anyone may read it.',
};

const NO_PUSH: Advice = {
  detail: 'This account may read the repository but not push to it.',
  action: 'Ask its owner for write access. What you capture is kept in the clone until then.',
};

const ARCHIVED: Advice = {
  detail: 'The repository is archived, so nothing can be pushed to it.',
  action: 'Unarchive it on GitHub, or choose another repository.',
};

const INTERNAL: Advice = {
  detail: 'The repository is internal: all members of the enterprise can read it.',
  action: 'Choose a private one if they should not.',
};

const renamed = (fullName: string): Advice => ({
  detail: `On GitHub the repository is called ${fullName} now, and git sends no token to another address.`,
  action: `Add it as ${fullName}.`,
});

const protectedBranch = (branch: string): Advice => ({
  detail: `The branch ${branch} is protected, so GitHub may refuse pushes to it.`,
  action: 'Let this account push to it in the settings of the repository, or give another branch.',
});
