import type { Message } from '../../domain/message.ts';
import type { RepositoryStatus } from '../../domain/repository.ts';
import { listen, type MessageChange } from '../events.ts';
import { connection } from '../state/connection.ts';
import { type Draft, draft } from '../state/draft.ts';
import { matches } from '../state/matches.ts';
import { say } from '../state/notices.ts';
import { query } from '../state/query.ts';
import { repositories } from '../state/repositories.ts';
import { timeline } from '../state/timeline.ts';
import { takeIn } from './messages.ts';
import { loadRepositories, loadRepositoriesSoon } from './repositories.ts';
import { loadTimeline, refreshSoon } from './timeline.ts';

/** Reads everything once and follows the server's events from then on. Returns how to stop. */
export function goLive(): () => void {
  void loadTimeline();
  void loadRepositories();
  return listen({
    opened,
    lost,
    message: takeChange,
    repository: takeStatus,
    progress: (progress) => repositories.dispatch({ type: 'progressed', progress }),
    reset: readAgain,
  });
}

function opened(again: boolean): void {
  const wasLost = connection.get() === 'lost';
  connection.dispatch('open');
  if (wasLost) say('Connected again');
  if (again || wasLost) readAgain();
}

function lost(): void {
  if (connection.get() !== 'lost') say('The connection to the server is lost. Trying again.');
  connection.dispatch('lost');
  // The event stream can't tell why it was refused; this call notices when a sign-in is needed.
  void loadRepositories();
}

function readAgain(): void {
  refreshSoon();
  void loadRepositories();
}

function takeChange({ change, message }: MessageChange): void {
  loadRepositoriesSoon();
  if (change === 'deleted') {
    timeline.dispatch({ type: 'gone', id: message.id });
    return;
  }
  const sent = draft.get();
  const isOwn = message.id === sent.id;
  // The commit was made even where its answer never comes, so the draft has done its work.
  if (isOwn && message.text === sent.text && isEverywhere(message, sent)) {
    draft.dispatch({ type: 'committed', sent });
  }
  const isNew = !isOwn && !timeline.get().messages.some(({ id }) => id === message.id);
  takeIn(message);
  if (change === 'created' && isNew && matches(message, query.get()) === 'yes') {
    timeline.dispatch({ type: 'missed' });
  }
  if (change === 'created' && isNew) say(`New message from ${message.author}`);
}

/** Whether a message is in every repository that its draft names: where one refused, the answer says what to do. */
function isEverywhere({ deliveries }: Message, { targets }: Draft): boolean {
  const known = repositories.get().list.map(({ name }) => name);
  const wanted = targets === 'default' ? [] : targets === 'all' ? known : targets;
  return wanted.every((name) => deliveries.some(({ repository }) => repository === name));
}

/** What reached the remote, or no longer is there, changes the deliveries of messages that are shown. */
function takeStatus(status: RepositoryStatus): void {
  const before = repositories.get().list.find(({ name }) => name === status.name);
  repositories.dispatch({ type: 'changed', status });
  if (before?.remoteHead !== status.remoteHead || before?.head !== status.head) refreshSoon();
}
