import type { HistoryEntry, Message } from '../../domain/message.ts';
import { type Answer, call } from './client.ts';

export interface Content {
  readonly type: string;
  readonly text: string;
  readonly author?: string;
  readonly language?: string;
  readonly url?: string;
  readonly done?: boolean;
}

export interface NewMessage extends Content {
  readonly id: string;
  readonly repositories?: readonly string[] | 'all';
  readonly replyTo?: string;
  /** When it was written; without it, when the server takes it. */
  readonly createdAt?: string;
  readonly confirm?: true;
}

export type Change = Partial<Content> & { readonly confirm?: true };

export interface Page {
  readonly messages: readonly Message[];
  /** Where the next, older page is; `null` on the last one. */
  readonly next: string | null;
}

/** Longer than a capture may take that waits for its clone. In milliseconds. */
const PATIENCE = 40_000;

export async function listMessages(path: string, signal?: AbortSignal): Promise<Answer<Page>> {
  const answer = await call<Message[]>('GET', path, signal ? { signal } : {});
  if (!answer.ok) return answer;
  return { ...answer, body: { messages: answer.body, next: nextOf(answer.headers.get('Link')) } };
}

export function getMessage(id: string): Promise<Answer<Message>> {
  return call('GET', pathOf(id));
}

export function postMessage(message: NewMessage): Promise<Answer<Message>> {
  return call('POST', '/messages', { body: message, patience: PATIENCE });
}

export function patchMessage(id: string, change: Change, etag?: string): Promise<Answer<Message>> {
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

/** The path of the next page, on this server and below its place whatever address the header names. */
function nextOf(link: string | null): string | null {
  const target = link?.match(/<([^<>]*)>;\s?rel="?next"?/)?.[1];
  if (target === undefined) return null;
  return `/messages${new URL(target, location.href).search}`;
}
