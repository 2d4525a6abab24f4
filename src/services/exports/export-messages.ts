import { asksForDeleted, type Filter } from '../../domain/query.ts';
import type { Renderer } from '../../export/renderer.ts';
import type { Past } from '../../mirror/past.ts';
import type { MessageReader } from '../message-reader.ts';

/** How many characters are collected before they are passed on. */
const CHUNK = 32 * 1024;

/**
 * The text of an export, in chunks. Newest first is streamed. For oldest first, the ids of all messages are collected
 * beforehand, which takes about 100 bytes each.
 *
 * @param past the past that they are of, if it is not the present
 */
export async function* exportMessages(
  reader: MessageReader,
  filter: Filter,
  renderer: Renderer,
  past?: Past,
): AsyncGenerator<string> {
  let chunk = renderer.head;
  const all = reader.exported(filter, renderer.messages ?? 'existing', past);
  for await (const exported of renderer.order === 'newest-first' ? all : oldestFirst(reader, filter, past)) {
    chunk += renderer.each(exported);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk + renderer.tail;
}

async function* oldestFirst(reader: MessageReader, filter: Filter, past?: Past) {
  const ids: string[] = [];
  for await (const { message } of reader.exported(filter, 'existing', past)) ids.push(message.id);
  const messages = asksForDeleted(filter) ? 'all' : 'existing';
  for (const id of ids.reverse()) {
    const exported = await reader.exportedOne(id, messages, past);
    if (exported) yield exported;
  }
}
