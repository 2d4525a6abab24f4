import type { RepositoryStatus } from '../../contract/repository.ts';
import { listen, type MessageChange } from '../api/events.ts';
import { connection } from '../state/connection.ts';
import { draft } from '../state/draft.ts';
import { matches } from '../state/matches.ts';
import { say } from '../state/notices.ts';
import { query } from '../state/query.ts';
import { repositories } from '../state/repositories.ts';
import { timeline } from '../state/timeline.ts';
import { isEverywhere } from './everywhere.ts';
import { countFound, countFoundSoon } from './found.ts';
import { keepWhatIsShown } from './kept-pages.ts';
import { contentOf } from './messages.ts';
import { lookForUpdate } from './offline.ts';
import { hearOf, openOutbox, sendWaitingNow } from './outbox.ts';
import { concernsPins, loadPinned } from './pins.ts';
import { loadRepositories } from './repositories.ts';
import { followSettings, loadSettings } from './settings.ts';
import { loadTags, loadTagsSoon } from './tags.ts';
import { takeIn } from './take-in.ts';
import { loadTimeline, refreshSoon } from './timeline.ts';
import { followAttention, noteArrival } from './unread.ts';

/** Reads everything once, then follows the server's events. Returns a function that stops this. */
export function goLive(): () => void {
  void loadTimeline();
  void loadRepositories();
  void countFound();
  void loadSettings();
  void loadTags();
  void loadPinned();
  const stopKeeping = keepWhatIsShown();
  const stopAttention = followAttention();
  const stopSettings = followSettings();
  const stopSending = openOutbox();
  const stopListening = listen({
    opened,
    lost,
    message: takeChange,
    repository: takeStatus,
    progress: (progress) => repositories.dispatch({ type: 'progressed', progress }),
    reset: readAgain,
  });
  return () => {
    stopListening();
    stopSending();
    stopAttention();
    stopSettings();
    stopKeeping();
  };
}

function opened(again: boolean): void {
  const wasLost = connection.get() === 'lost';
  connection.dispatch('open');
  sendWaitingNow();
  if (wasLost) {
    say('Connected again');
    lookForUpdate();
  }
  if (again || wasLost) readAgain();
}

function lost(): void {
  if (connection.get() !== 'lost') say('Connection lost. Reconnecting.');
  connection.dispatch('lost');
  // The event stream cannot tell why it was refused. This call notices if a sign-in is needed.
  void loadRepositories();
}

function readAgain(): void {
  refreshSoon();
  void loadRepositories();
  void loadPinned();
  loadTagsSoon();
}

function takeChange({ change, message }: MessageChange): void {
  countFoundSoon();
  loadTagsSoon();
  if (concernsPins(message)) void loadPinned();
  if (change === 'deleted') {
    if (query.get().asOf === '') timeline.dispatch({ type: 'gone', id: message.id });
    // A search may be for deleted messages.
    if (query.get().q !== '') refreshSoon();
    return;
  }
  const sent = draft.get();
  const isOwn = message.id === sent.id;
  // The commit was made even if its answer never arrives, so the draft is done.
  if (isOwn && message.text === contentOf(sent).text && isEverywhere(message, sent.targets)) {
    draft.dispatch({ type: 'committed', sent });
  }
  hearOf(message);
  const isNew = !isOwn && !timeline.get().messages.some(({ id }) => id === message.id);
  takeIn(message);
  if (change === 'created' && isNew && matches(message, query.get()) === 'yes') {
    timeline.dispatch({ type: 'missed' });
  }
  if (change === 'created' && isNew) noteArrival(message);
  if (change === 'created' && isNew) say(`New message from ${message.author}`);
}

/** If commits reached the remote, or are no longer there, the deliveries of shown messages change. */
function takeStatus(status: RepositoryStatus): void {
  const before = repositories.get().list.find(({ name }) => name === status.name);
  repositories.dispatch({ type: 'changed', status });
  const hasMoved = before?.head !== status.head && !isShown(status);
  if (before?.remoteHead !== status.remoteHead || hasMoved) refreshSoon();
}

/** Whether the branch's current commit belongs to a message in the timeline, so nothing has to be read again. */
const isShown = ({ name, head }: RepositoryStatus): boolean =>
  timeline
    .get()
    .messages.some(({ deliveries }) =>
      deliveries.some(({ repository, commit }) => repository === name && commit === head),
    );
