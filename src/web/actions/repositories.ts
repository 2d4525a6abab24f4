import { type Direction, listRepositories, sync } from '../api/repositories.ts';
import { say, show } from '../state/notices.ts';
import { repositories } from '../state/repositories.ts';
import { resultInWords } from '../text/words.ts';
import { refreshSoon } from './timeline.ts';

const LOAD_WAIT = 400;

let isLoadDue = false;

export async function loadRepositories(): Promise<void> {
  const answer = await listRepositories();
  repositories.dispatch(
    answer.ok ? { type: 'answered', list: answer.body } : { type: 'refused', problem: answer.problem },
  );
}

/** Reads the repositories again, soon: a capture changes their counts. Many reasons cause one call. */
export function loadRepositoriesSoon(): void {
  if (isLoadDue) return;
  isLoadDue = true;
  setTimeout(() => {
    isLoadDue = false;
    void loadRepositories();
  }, LOAD_WAIT);
}

/** Pushes or pulls one repository, or all of them, and says what each came to. */
export async function syncNow(direction: Direction, name?: string): Promise<void> {
  const { list, running } = repositories.get();
  const names = name === undefined ? list.map((repository) => repository.name) : [name];
  if (names.some((each) => each in running)) return;

  repositories.dispatch({ type: 'started', names, direction });
  const answer = await sync(direction, name);
  repositories.dispatch({ type: 'ended', names, results: answer.ok ? answer.body.results : [] });
  if (!answer.ok) return show('bad', answer.problem.detail);

  say(answer.body.results.map((result) => `${result.repository}: ${resultInWords(result)}`).join('. '));
  refreshSoon();
  await loadRepositories();
}
