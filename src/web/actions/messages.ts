import { v7 as uuid } from 'uuid';
import type { EditRequest, Message } from '../../contract/message.ts';
import { cleanFileName } from '../../domain/attachment.ts';
import type { MessageType } from '../../domain/message.ts';
import type { Answer } from '../api/client.ts';
import { deleteMessage, getMessage, type NewMessage, patchMessage, postMessage } from '../api/messages.ts';
import { aboutFile, isUnreachable, OUT_OF_DATE, type Problem, UNREACHABLE } from '../api/problem.ts';
import { copyOf } from '../api/readable.ts';
import { author, type Draft, draft } from '../state/draft.ts';
import { blobOf, type DraftFile } from '../state/draft-files.ts';
import { matches } from '../state/matches.ts';
import { say, show } from '../state/notices.ts';
import { isPending, type KeptFile, outbox } from '../state/outbox.ts';
import { query } from '../state/query.ts';
import { timeline } from '../state/timeline.ts';
import { kindOf, withScheme } from '../text/kind.ts';
import { savedInWords } from '../text/words.ts';
import { filesSettled } from './files.ts';
import { goToMessage, goToNewest } from './navigate.ts';
import { keep } from './outbox.ts';
import { takeIn } from './take-in.ts';
import { refreshSoon } from './timeline.ts';

/** Why a draft was not sent. */
export interface Refusal {
  readonly problem: Problem;
  /** What was to be sent, as {@link contentsOf} gives it. */
  readonly contents: string;
}

/** All of a draft that is sent, to see whether it has changed since. */
export const contentsOf = ({ type, text, language, url, targets, files }: Draft): string =>
  JSON.stringify([
    [type, text, language, url, targets, author.get().trim()],
    files.map(({ key, name, wantsOriginal }) => [key, name, wantsOriginal]),
  ]);

/**
 * Sends the draft. Returns why it was not sent. The draft is cleared when its commit has been made, or when the
 * server cannot be reached and the message is stored to be sent later.
 *
 * @param confirmed what a person has confirmed although it looks like a credential
 */
export async function send(confirmed?: string): Promise<Refusal | undefined> {
  await filesSettled();
  const bad = draft.get().files.find(({ problem }) => problem !== null);
  if (bad) return refused(draft.get(), aboutFile(`Remove ${bad.name} first: it cannot be sent.`));
  draft.dispatch({ type: 'write', change: { id: draft.get().id ?? uuid() } });
  const sent = draft.get();
  const message = toMessage(sent, confirmed);
  const written = { ...message, createdAt: new Date().toISOString() };
  // The messages that are already waiting were written earlier, so they go first.
  const keepIt = async () => keep(written, await Promise.all(sent.files.map(toKept)));
  const isWhole = sent.files.every(({ sha256 }) => sha256 !== null);
  if ((isPending(outbox.get()) || !isWhole) && (await keepIt())) return draftIsKept(sent);
  if (!isWhole) return refused(sent, UNREACHABLE);
  const answer = await postMessage(message);
  if (answer.ok) return saved(sent, answer.body);
  // An event may have reported its commit already.
  if (isUnreachable(answer.problem) && draft.get().id !== sent.id) return undefined;
  if (isUnreachable(answer.problem) && (await keepIt())) return draftIsKept(sent);
  return refused(sent, answer.problem);
}

/**
 * An earlier attempt was saved although its answer never arrived. What was changed since then becomes an edit of it.
 */
export async function sendAsEdit(confirmed?: string): Promise<Refusal | undefined> {
  const sent = draft.get();
  const { id, repositories: _, replyTo: __, ...content } = toMessage(sent, confirmed);
  const answer = await patchMessage(id, content);
  return answer.ok ? saved(sent, answer.body) : refused(sent, answer.problem);
}

const refused = (sent: Draft, problem: Problem): Refusal => ({ problem, contents: contentsOf(sent) });

export function forgetId(): void {
  draft.dispatch({ type: 'write', change: { id: null } });
}

function draftIsKept(sent: Draft): undefined {
  draft.dispatch({ type: 'committed', sent });
  goToNewest();
}

function saved(sent: Draft, message: Message): undefined {
  draft.dispatch({ type: 'committed', sent });
  say(savedInWords(message.deliveries));
  if (message.deletedAt) {
    show('plain', 'This message was already saved, and has been deleted since.');
    return undefined;
  }
  takeIn(message);
  goToNewest();
  if (matches(message, query.get()) === 'no')
    show('plain', 'Saved, but the current filters hide it.', {
      words: 'Show it',
      go: () => goToMessage(message.id),
    });
}

export async function edit(
  id: string,
  change: EditRequest,
  etag: string | undefined,
): Promise<Answer<Message>> {
  const answer = await patchMessage(id, change, etag);
  if (!answer.ok) return answer;
  takeIn(answer.body);
  say('The edit is saved');
  return answer;
}

/**
 * Saves an edit based on the message as it was when the edit began. Fails with 412 if there is another version by
 * now.
 */
export async function editFrom(begun: Message, change: EditRequest): Promise<Answer<Message>> {
  const now = await getMessage(begun.id);
  if (!now.ok && now.problem.status !== 404) return now;
  if (!now.ok || !isSameVersion(now.body, begun)) return { ok: false, problem: OUT_OF_DATE };
  return edit(begun.id, change, now.headers.get('ETag') ?? undefined);
}

function isSameVersion(a: Message, b: Message): boolean {
  const said = ({ revision, deletedAt, type, text, language, url }: Message) =>
    JSON.stringify([revision, deletedAt, type, text, language, url]);
  return said(a) === said(b);
}

export async function tick(message: Message, done: boolean): Promise<void> {
  const answer = await patchMessage(message.id, { done });
  if (!answer.ok) return show('bad', `The task was not changed. ${answer.problem.detail}`);
  takeIn(answer.body);
  say(done ? 'Task done' : 'Task open again');
}

/** Ticks a box in a Markdown list, by editing that line, unless the text has changed. */
export async function tickLine(message: Message, line: number, done: boolean): Promise<void> {
  const answer = await patchLine(message, line, done);
  if (!answer.ok) return show('bad', `The checkbox was not changed. ${answer.problem.detail}`);
  takeIn(answer.body);
  say(done ? 'Checked' : 'Unchecked');
}

async function patchLine(message: Message, line: number, done: boolean): Promise<Answer<Message>> {
  const now = await getMessage(message.id);
  if (!now.ok) return now;
  // The line number refers to the text that is shown. If the current text is different, that is shown instead.
  if (now.body.text !== message.text) return now;
  const lines = message.text.split('\n');
  lines[line] = (lines[line] ?? '').replace(/\[[ xX]\]/, done ? '[x]' : '[ ]');
  const etag = now.headers.get('ETag') ?? undefined;
  return patchMessage(message.id, { text: lines.join('\n') }, etag);
}

/** The deletes without an answer yet, and whether they succeeded. An undo has to wait for them. */
const deleting = new Map<string, Promise<boolean>>();

/** Deletes a message on the page immediately. Its place stays, with a button to undo the delete. */
export async function remove(id: string): Promise<void> {
  const done = removeNow(id).finally(() => deleting.delete(id));
  deleting.set(id, done);
  await done;
}

async function removeNow(id: string): Promise<boolean> {
  timeline.dispatch({ type: 'removed', id });
  const answer = await deleteMessage(id);
  if (answer.ok) say('Deleted. Undo');
  else {
    timeline.dispatch({ type: 'restored', id });
    show('bad', `The message was not deleted. ${answer.problem.detail}`);
  }
  return answer.ok;
}

export async function undoRemove(id: string): Promise<void> {
  // If the delete was refused, there is nothing to undo.
  if ((await deleting.get(id)) === false) return;
  const answer = await patchMessage(id, {});
  if (!answer.ok) return show('bad', `The delete was not undone. ${answer.problem.detail}`);
  takeIn(answer.body);
  say('Message restored');
}

/** Restores a message that was deleted some time ago, from the list of deleted messages. */
export async function restore(id: string): Promise<void> {
  const answer = await patchMessage(id, {});
  if (!answer.ok) return show('bad', `The message was not restored. ${answer.problem.detail}`);
  refreshSoon();
  show('plain', 'Restored.', { words: 'Show it', go: () => goToMessage(id, 'context') });
}

function toMessage(from: Draft, confirmed: string | undefined): NewMessage {
  const { targets } = from;
  const attachments = from.files.flatMap(({ sha256, name }) =>
    sha256 === null ? [] : [{ sha256, name: cleanFileName(name) }],
  );
  return {
    id: from.id ?? uuid(),
    ...contentOf(from),
    ...(author.get().trim() && { author: author.get().trim() }),
    ...(targets !== 'default' && targets.length > 0 && { repositories: targets }),
    ...(from.replyTo !== null && { replyTo: from.replyTo }),
    ...(attachments.length > 0 && { attachments }),
    ...(contentsOf(from) === confirmed && { confirm: true }),
  };
}

/**
 * A file to store with a waiting message. Its bytes are sent again later, since the server drops files that no
 * message names.
 */
async function toKept(file: DraftFile): Promise<KeptFile> {
  const bytes = blobOf(file);
  const blob = bytes && (await copyOf(bytes));
  const { sha256 } = file;
  return { name: cleanFileName(file.name), ...(blob && { blob }), ...(sha256 !== null && { sha256 }) };
}

/** The fields of a message's type, and no others. */
export function contentOf({
  type,
  text,
  language,
  url,
}: Pick<Draft, 'type' | 'text' | 'language' | 'url'>): Pick<
  NewMessage,
  'type' | 'text' | 'language' | 'url' | 'done'
> {
  if (type === 'auto') return kindOf(text);
  return {
    // The draft may be based on another program's message with an unknown type. The server then refuses it.
    type: type as MessageType,
    text: type === 'link' ? text.trim() : text,
    ...(type === 'code' && language.trim() && { language: language.trim() }),
    ...(type === 'link' && { url: withScheme(url) ?? url.trim() }),
  };
}
