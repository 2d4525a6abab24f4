import type { Message } from '../../contract/message.ts';
import { getMessage, type NewMessage, postMessage } from '../api/messages.ts';
import { ownName } from '../api/place.ts';
import { isIdTaken, isIncomplete, isPassing, type Problem } from '../api/problem.ts';
import { author, draft, isBlank, toDraft } from '../state/draft.ts';
import { say, show } from '../state/notices.ts';
import { type KeptFile, outbox, type Waiting } from '../state/outbox.ts';
import { append, discard, readAll, replace } from '../state/outbox-storage.ts';
import { count } from '../text/words.ts';
import { isEverywhere } from './everywhere.ts';
import { sendFiles } from './files.ts';
import { takeIn } from './take-in.ts';
import { filesOf, isOnlyItsFile, withFiles, withoutUnreadable } from './waiting-files.ts';

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

let isSending = false;
let isOpen = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let wait = FIRST_WAIT;
let channel: BroadcastChannel | undefined;

/**
 * Reads the messages waiting in this browser and sends them, now and whenever there are new ones. Returns a function
 * that stops this.
 */
export function openOutbox(): () => void {
  isOpen = true;
  channel = new BroadcastChannel(ownName('.outbox'));
  // Another tab has sent, changed or added a message.
  channel.onmessage = () => void read();
  void read().then(sendWaiting);
  return () => {
    isOpen = false;
    clearTimeout(timer);
    channel?.close();
    channel = undefined;
  };
}

/** Stores a message until the server accepts it. Resolves to whether this browser could store it. */
export async function keep(message: NewMessage, files: readonly KeptFile[] = []): Promise<boolean> {
  try {
    const createdAt = message.createdAt ?? new Date().toISOString();
    const waiting = await append({ message: { ...message, createdAt }, files, problem: null });
    changed({ type: 'kept', waiting });
  } catch {
    return false;
  }
  say('The message waits in this browser until the server can be reached.');
  void sendWaiting();
  return true;
}

/** Sends the waiting messages in order. What cannot be sent now is tried again later. */
async function sendWaiting(): Promise<void> {
  clearTimeout(timer);
  if (isSending || !isOpen) return;
  isSending = true;
  const isDone = await sendAll();
  isSending = false;
  if (isDone) wait = FIRST_WAIT;
  if (isDone || !isOpen) return;
  timer = setTimeout(() => void sendWaiting(), wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

/** A message that the server reports in an event is saved, and no longer waits. */
export function hearOf(message: Message): void {
  const heard = outbox.get().find((waiting) => isSame(waiting, message));
  if (heard && isEverywhere(message, heard.message.repositories)) void drop(heard);
}

/** The server seems to be reachable again. */
export function sendWaitingNow(): void {
  wait = FIRST_WAIT;
  void sendWaiting();
}

export async function confirm(waiting: Waiting): Promise<void> {
  await store({ ...waiting, message: { ...waiting.message, confirm: true }, problem: null });
  await sendWaiting();
}

export async function retry(waiting: Waiting): Promise<void> {
  await store({ ...waiting, problem: null });
  await sendWaiting();
}

/** Moves a message back to the composer. */
export async function takeBack(waiting: Waiting): Promise<void> {
  if (!isBlank(draft.get())) {
    return show('plain', 'Send or clear what you are writing first. Nothing is lost.');
  }
  // It is added to the draft first and then removed here, so whatever happens, it is in at least one of the two.
  draft.dispatch({ type: 'write', change: { ...toDraft(waiting.message), files: filesOf(waiting) } });
  if (waiting.message.author !== undefined) author.dispatch(waiting.message.author);
  await drop(waiting);
  sendFiles();
}

export async function drop({ number }: Waiting): Promise<void> {
  await discard(number).catch(() => undefined);
  changed({ type: 'gone', number });
}

async function sendAll(): Promise<boolean> {
  const postponed = new Set<number>();
  let sent = 0;
  for (;;) {
    const next = outbox.get().find(({ number, problem }) => problem === null && !postponed.has(number));
    if (next === undefined || !isOpen) break;
    const whole = await withFiles(next);
    const answer = whole.ok ? await postMessage(whole.body) : whole;
    // It may have been moved back to the composer in the meantime.
    const isThere = outbox.get().some(({ number }) => number === next.number);
    const saved = answer.ok ? answer.body : await savedBefore(next, answer.problem);
    if (saved) {
      await drop(next);
      if (saved.deletedAt === undefined) takeIn(saved);
      sent += 1;
    } else if (!answer.ok && (isIncomplete(answer.problem) || isOnlyItsFile(whole))) {
      // One repository or one file that is refused must not hold up the other messages.
      postponed.add(next.number);
    } else if (!answer.ok && isPassing(answer.problem)) {
      return false;
    } else if (!answer.ok && isThere) {
      await store({ ...next, problem: answer.problem });
      show('bad', 'A waiting message was refused. It is kept above, with what you can do.');
    }
  }
  if (sent > 0) say(`${count(sent, 'waiting message')} sent`);
  return postponed.size === 0;
}

/** An earlier attempt may have been saved although its answer never arrived. It then has the server's time. */
async function savedBefore(waiting: Waiting, problem: Problem): Promise<Message | undefined> {
  if (!isIdTaken(problem)) return undefined;
  const answer = await getMessage(waiting.message.id);
  return answer.ok && isSame(waiting, answer.body) ? answer.body : undefined;
}

function isSame({ message }: Waiting, saved: Message): boolean {
  const { id, type, text, author: by, url, language, replyTo } = saved;
  return (
    id === message.id &&
    type === message.type &&
    text === message.text &&
    url === message.url &&
    language === message.language &&
    replyTo === message.replyTo &&
    (message.author === undefined || by === message.author)
  );
}

async function store(waiting: Waiting): Promise<void> {
  await replace(waiting)
    // A file that cannot be read cannot be stored either, and must not keep the rest from being stored.
    .catch(async () => replace(await withoutUnreadable(waiting)))
    .catch(() => undefined);
  changed({ type: 'kept', waiting });
}

async function read(): Promise<void> {
  const all = await readAll().catch(() => undefined);
  if (all) outbox.dispatch({ type: 'read', all });
}

function changed(action: Parameters<typeof outbox.dispatch>[0]): void {
  outbox.dispatch(action);
  channel?.postMessage('changed');
}
