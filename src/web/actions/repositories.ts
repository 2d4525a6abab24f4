import type { AddedRepository, RepositoryStatus, SyncResult } from '../../contract/repository.ts';
import type { Answer } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import {
  type Addition,
  addRepository,
  changeRemote,
  changeRepository,
  type Direction,
  listRepositories,
  removeRepository,
  resolveRepository,
  sync,
} from '../api/repositories.ts';
import { say, show } from '../state/notices.ts';
import { repositories } from '../state/repositories.ts';
import { recall, remember } from '../state/storage.ts';
import { hasOwnRemote, resultInWords } from '../text/words.ts';
import { refreshSoon } from './timeline.ts';

export async function loadRepositories(): Promise<void> {
  const answer = await listRepositories();
  repositories.dispatch(
    answer.ok ? { type: 'answered', list: answer.body } : { type: 'refused', problem: answer.problem },
  );
}

/** Pushes or pulls one repository, or all of them, and reports each result. */
export async function syncNow(direction: Direction, name?: string): Promise<void> {
  const { list, running } = repositories.get();
  const names = name === undefined ? list.map((repository) => repository.name) : [name];
  if (names.some((each) => each in running)) return;

  const isForAll = name === undefined;
  if (isForAll) repositories.dispatch({ type: 'ran-all', names: [] });
  repositories.dispatch({ type: 'started', names, direction });
  const answer = await sync(direction, name);
  repositories.dispatch({ type: 'ended', names, results: answer.ok ? answer.body.results : [] });
  if (!answer.ok) return show('bad', answer.problem.detail);

  if (direction === 'push') explainOwnRemote(list.filter((one) => names.includes(one.name)));
  if (!isForAll) say(answer.body.results.map(resultOfOne).join('. '));
  refreshSoon();
  await loadRepositories();
  // Their states show which ones need a person, so the result is only summarised and announced once these are known.
  if (!isForAll) return;
  repositories.dispatch({ type: 'ran-all', names: answer.body.results.map(({ repository }) => repository) });
}

/**
 * Explains once that a push may stay on this machine: if the remote is gitpost's own folder, nothing was sent
 * elsewhere.
 */
function explainOwnRemote(pushed: readonly RepositoryStatus[]): void {
  const own = pushed.find(hasOwnRemote);
  if (own === undefined || recall('own-remote') !== null) return;
  remember('own-remote', 'explained');
  show(
    'plain',
    `The remote of ${own.name} is a folder on this machine. To keep a copy elsewhere, change the remote in the settings of ${own.name}.`,
  );
}

const resultOfOne = (result: SyncResult): string => `${result.repository}: ${resultInWords(result)}`;

/** Adds a repository. Returns why not, if that failed. */
export async function add(addition: Addition): Promise<Problem | undefined> {
  const answer = await addRepository(addition);
  if (answer.ok) warn(answer.body);
  return settle(answer, (status) => `${status.name} was added`);
}

/**
 * Shows what is useful to know before the first push: no permission to push, a protected branch, or what could not be
 * checked.
 */
function warn({ name, probe: { warnings } }: AddedRepository): void {
  if (warnings.length === 0) return;
  const words = warnings.map(({ detail, action }) => `${detail} ${action}`.trim());
  show('plain', `${name} was added. ${words.join(' ')}`);
}

/** Renames a repository, or captures to another branch of it from now on. */
export async function change(
  name: string,
  wanted: { readonly name?: string; readonly branch?: string },
): Promise<Problem | undefined> {
  return settle(await changeRepository(name, wanted), (status) => `${status.name} was changed`);
}

/** Changes the remote of a repository. The next push sends everything there. */
export async function moveRemote(name: string, addition: Addition): Promise<Problem | undefined> {
  return settle(await changeRemote(name, addition), (status) => `The remote of ${status.name} was changed`);
}

/** Removes a repository. Its clone stays on disk. */
export async function remove(name: string): Promise<Problem | undefined> {
  return settle(await removeRepository(name), () => `${name} was removed from the list`);
}

/** Settles a rewritten history in favour of one side. */
export async function keepSide(name: string, keep: 'local' | 'remote'): Promise<Problem | undefined> {
  return settle(await resolveRepository(name, keep), () => `${name} is resolved`);
}

async function settle<Body extends RepositoryStatus | undefined>(
  answer: Answer<Body>,
  words: (body: Body) => string,
): Promise<Problem | undefined> {
  if (!answer.ok) return answer.problem;
  say(words(answer.body));
  refreshSoon();
  await loadRepositories();
  return undefined;
}
