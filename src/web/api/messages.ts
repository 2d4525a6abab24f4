import type { Count, DraftRequest, EditRequest, HistoryEntry, Message } from '../../contract/message.ts';
import { type Answer, call } from './client.ts';

/** A message to capture. Unlike other programs, the page always gives its id and type. */
export type NewMessage = DraftRequest & Required<Pick<DraftRequest, 'id' | 'type'>>;

export interface Page {
  readonly messages: readonly Message[];
  /** The path of the next, older page; `null` on the last one. */
  readonly next: string | null;
}

/** Longer than a capture that waits for its clone may take. In milliseconds. */
const PATIENCE = 40_000;

export async function listMessages(path: string, signal?: AbortSignal): Promise<Answer<Page>> {
  const answer = await call<Message[]>('GET', path, signal ? { signal } : {});
  if (!answer.ok) return answer;
  return { ...answer, body: { messages: answer.body, next: nextOf(answer.headers.get('Link')) } };
}

export function countMessages(path: string, signal: AbortSignal): Promise<Answer<Count>> {
  return call('GET', path, { signal });
}

/** A message as it is now, or as it was at a moment or a commit. */
export function getMessage(id: string, asOf = ''): Promise<Answer<Message>> {
  return call('GET', pathOf(id) + (asOf === '' ? '' : `?${new URLSearchParams({ asOf })}`));
}

export function postMessage(message: NewMessage): Promise<Answer<Message>> {
  return call('POST', '/messages', { body: message, patience: PATIENCE });
}

export function patchMessage(id: string, change: EditRequest, etag?: string): Promise<Answer<Message>> {
  return call('PATCH', pathOf(id), { body: change, headers: etag ? { 'If-Match': etag } : {} });
}

export function deleteMessage(id: string, etag?: string): Promise<Answer<undefined>> {
  return call('DELETE', pathOf(id), { headers: etag ? { 'If-Match': etag } : {} });
}

export function getHistory(id: string): Promise<Answer<HistoryEntry[]>> {
  return call('GET', `${pathOf(id)}/history`);
}

function pathOf(id: string): string {
  return `/messages/${encodeURIComponent(id)}`;
}

/** The path of the next page, always on this server and below its place, whatever address the header contains. */
function nextOf(link: string | null): string | null {
  const target = link?.match(/<([^<>]*)>;\s?rel="?next"?/)?.[1];
  if (target === undefined) return null;
  return `/messages${new URL(target, location.href).search}`;
}
