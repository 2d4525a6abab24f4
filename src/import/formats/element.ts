import { escaped } from '../../domain/markdown.ts';
import type { ExportSource } from '../files.ts';
import { type HtmlText, markdownOf } from '../html.ts';
import { jsonParts } from '../json-parts.ts';
import type { Conversation, ImportedMessage, Item, MessageFile } from '../message.ts';
import { filesLike } from '../source.ts';
import { firstText, type Members, membersOf, shortly, textOf } from '../values.ts';
import { ElementMedia } from './element-media.ts';

/** Whether a JSON text begins like a room from Element. */
export const isElement = (head: string): boolean => /^\s*\{\s*"room_name"\s*:/.test(head);

/** Reads a room written by Element: Matrix events. Edits are separate, later events, so the room is read twice. */
export async function* readElement(source: ExportSource): AsyncGenerator<Item> {
  const media = new ElementMedia(source.files);
  for await (const file of filesLike(source, /\.json$/i, isElement)) {
    const events = () => jsonParts(file.read(), (path) => path === '' || path === 'messages', file.name);
    const edits = new Map<string, (HtmlText & { readonly at: number })[]>();
    const names = new Map<string, string>();
    for await (const { path, value } of events()) {
      if (path !== 'messages/*') continue;
      const event = membersOf(value);
      const content = membersOf(event.content);
      if (event.type === 'm.room.member' && content.membership === 'join')
        names.set(textOf(event.state_key || event.sender), firstText(content.displayname));
      const edited = replacedBy(event);
      if (edited === undefined || typeof event.origin_server_ts !== 'number') continue;
      const later = bodyOf(membersOf(content['m.new_content']));
      edits.set(edited, [...(edits.get(edited) ?? []), { at: event.origin_server_ts, ...later }]);
    }
    let conversation: Conversation = { id: '', name: '' };
    for await (const { path, value } of events()) {
      if (path === 'room_name') conversation = { id: textOf(value), name: textOf(value) };
      if (path !== 'messages/*') continue;
      const event = membersOf(value);
      if (replacedBy(event) !== undefined) continue;
      const id = firstText(event.room_id);
      const room = id === '' ? conversation : { id, name: conversation.name };
      const item = itemOf(event, room, names, (name) => ({ name, content: media.find(event, file.name) }));
      const later = 'sourceId' in item ? edits.get(item.sourceId ?? '') : undefined;
      yield later && 'sourceId' in item ? withEdits(item, later) : item;
    }
  }
}

const relationOf = (event: Members): Members => membersOf(membersOf(event.content)['m.relates_to']);

const replacedBy = (event: Members): string | undefined => {
  const { rel_type, event_id } = relationOf(event);
  return rel_type === 'm.replace' ? textOf(event_id) : undefined;
};

const MESSAGES = new Set(['m.room.message', 'm.sticker']);

function itemOf(
  event: Members,
  conversation: Conversation,
  names: ReadonlyMap<string, string>,
  find: (name: string) => MessageFile,
): Item {
  const content = membersOf(event.content);
  const type = textOf(event.type);
  if (type === 'm.room.encrypted')
    return { skipped: 'still-encrypted', example: shortly(textOf(event.event_id)) };
  if (!MESSAGES.has(type)) return { skipped: 'system-message', example: shortly(type) };
  const redacted =
    membersOf(event.unsigned).redacted_because !== undefined || Object.keys(content).length === 0;
  if (redacted) return { skipped: 'deleted-in-source', example: shortly(textOf(event.event_id)) };
  if (typeof event.origin_server_ts !== 'number')
    return { skipped: 'no-date', example: shortly(textOf(content.body)) };
  const isFile = content.url !== undefined || content.file !== undefined;
  const sender = textOf(event.sender);
  const message: ImportedMessage = {
    conversation,
    sourceId: firstText(event.event_id),
    author: firstText(names.get(sender), sender.replace(/^@([^:]+):.*/, '$1')),
    createdAt: event.origin_server_ts,
    ...(isFile ? { text: '' } : bodyOf(content, relationOf(event)['m.in_reply_to'] !== undefined)),
    replyTo: firstText(membersOf(relationOf(event)['m.in_reply_to']).event_id) || undefined,
    files: isFile ? [find(firstText(content.filename, content.body, 'file'))] : [],
  };
  return message;
}

/**
 * The text of a message, with its formatting if it has any. A reply repeats the text that it replies to, for programs
 * without replies.
 */
function bodyOf({ body, format, formatted_body: html }: Members, isReply = false): HtmlText {
  const formatted = format === 'org.matrix.custom.html' ? markdownOf(textOf(html)) : undefined;
  if (formatted?.type === 'markdown' && formatted.text !== '') return formatted;
  const text = textOf(body);
  return { text: isReply ? text.replace(/^(?:> .*\n)+\n?/, '') : text, type: 'text' };
}

/** A message with its later texts. If one of them is formatted, all are Markdown. */
function withEdits(message: ImportedMessage, later: (HtmlText & { readonly at: number })[]): ImportedMessage {
  const edits = later.sort((a, b) => a.at - b.at);
  if (message.type !== 'markdown' && edits.every(({ type }) => type === 'text')) return { ...message, edits };
  const asMarkdown = ({ text, type }: Pick<ImportedMessage, 'text' | 'type'>) =>
    type === 'markdown' ? text : escaped(text);
  return {
    ...message,
    type: 'markdown',
    text: asMarkdown(message),
    edits: edits.map((edit) => ({ at: edit.at, text: asMarkdown(edit) })),
  };
}
