import type { RepositoryStatus, SyncResult } from '../../domain/repository.ts';
import { type Answer, call } from './client.ts';

export type Direction = 'push' | 'pull';

export function listRepositories(): Promise<Answer<RepositoryStatus[]>> {
  return call('GET', '/repositories');
}

/** Syncs the named repositories, or all of them where none is named. */
export function sync(direction: Direction, name?: string): Promise<Answer<{ results: SyncResult[] }>> {
  return call('POST', `/${direction}`, name === undefined ? {} : { body: { repositories: [name] } });
}
