import type {
  AddedRepository,
  AddRepository,
  ChangeRepository,
  RepositoryStatus,
  Side,
  SyncResults,
} from '../../contract/repository.ts';
import { type Answer, call } from './client.ts';

export type Direction = 'push' | 'pull';

export function listRepositories(): Promise<Answer<RepositoryStatus[]>> {
  return call('GET', '/repositories');
}

/** Syncs the named repository, or all of them if none is named. */
export function sync(direction: Direction, name?: string): Promise<Answer<SyncResults>> {
  return call('POST', `/${direction}`, name === undefined ? {} : { body: { repositories: [name] } });
}

/** What a person enters to add a repository: an address or path, or `owner/name` on GitHub. */
export interface Addition {
  readonly place: string;
  readonly branch: string;
  /** Whether it is created on GitHub first. */
  readonly create: boolean;
  /** Whether the use of a public repository was confirmed. */
  readonly confirm: boolean;
}

export function addRepository(addition: Addition): Promise<Answer<AddedRepository>> {
  return call('POST', '/repositories', { body: toBody(addition) });
}

/** Changes the remote of a repository. The remote is checked first, like a new repository. */
export function changeRemote(name: string, addition: Addition): Promise<Answer<RepositoryStatus>> {
  return call('PATCH', at(name), { body: toBody(addition) });
}

function toBody({ place, branch, create, confirm }: Addition): AddRepository {
  return {
    ...(isGithubName(place) ? { github: place } : { url: place }),
    ...(branch === '' ? {} : { branch }),
    ...(create ? { create } : {}),
    ...(confirm ? { confirm } : {}),
  };
}

export function changeRepository(name: string, change: ChangeRepository): Promise<Answer<RepositoryStatus>> {
  return call('PATCH', at(name), { body: change });
}

export function removeRepository(name: string): Promise<Answer<undefined>> {
  return call('DELETE', at(name));
}

/** Settles a rewritten history in favour of one side. */
export function resolveRepository(name: string, keep: Side): Promise<Answer<RepositoryStatus>> {
  return call('POST', `${at(name)}/resolve`, { body: { keep } });
}

const at = (name: string): string => `/repositories/${encodeURIComponent(name)}`;

const isGithubName = (place: string): boolean => /^[\w.-]+\/[\w.-]+$/.test(place);
