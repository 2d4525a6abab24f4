import { codeBlock, escaped, inlineCode, link, quoted, wrapped } from '../../domain/markdown.ts';
import { clockOf, type LocalTime } from '../../domain/zone.ts';
import { FileFinder, lastPartOf } from '../file-finder.ts';
import type { ExportSource } from '../files.ts';
import { jsonParts } from '../json-parts.ts';
import type { Conversation, Item, MessageFile, ReadOptions } from '../message.ts';
import { ask } from '../refusal.ts';
import { filesLike } from '../source.ts';
import { firstText, idOf, listOf, type Members, membersOf, shortly, textOf } from '../values.ts';

const CHATS = /^(?:(?:chats|left_chats)\/list\/\*)?$/;
const OPEN = /^(?:(?:chats|left_chats)(?:\/list(?:\/\*(?:\/messages)?)?)?|messages)?$/;
const MESSAGE = /^(?:(?:chats|left_chats)\/list\/\*\/)?messages\/\*$/;
const FILES = ['photo', 'file'];

/** Whether a JSON text begins like a chat, or an account, from Telegram Desktop. */
export const isTelegram = (head: string): boolean =>
  (/"messages"\s*:\s*\[/.test(head) &&
    /"type"\s*:\s*"(?:\w+_(?:chat|group|channel|supergroup)|saved_messages)"/.test(head)) ||
  (/"about"\s*:/.test(head) && /"(?:chats|personal_information)"\s*:\s*\{/.test(head));

/** Reads `result.json` from Telegram Desktop: one chat, or all of them. */
export async function* readTelegram(source: ExportSource, { zone }: ReadOptions): AsyncGenerator<Item> {
  const finder = new FileFinder(source.files);
  const clock = zone === undefined ? undefined : clockOf(zone);
  for await (const file of filesLike(source, /\.json$/i, isTelegram)) {
    const find = (path: string) => ({ name: lastPartOf(path), content: finder.at(path, file.name) });
    let conversation: Conversation = { id: '', name: '' };
    let type = '';
    for await (const { path, value } of jsonParts(file.read(), (at) => OPEN.test(at), file.name)) {
      if (CHATS.test(path) && value === undefined) {
        conversation = { id: '', name: '' };
        type = '';
      }
      const key = path.split('/').at(-1);
      if (!path.includes('messages') && key === 'type') type = textOf(value);
      if (!path.includes('messages') && key === 'name')
        conversation = { ...conversation, name: textOf(value) };
      if (!path.includes('messages') && key === 'id')
        conversation = { ...conversation, id: idOf(value) ?? '' };
      if (!MESSAGE.test(path)) continue;
      const name = conversation.name || (type === 'saved_messages' ? 'Saved Messages' : conversation.id);
      yield itemOf(membersOf(value), { id: conversation.id, name }, clock, find);
    }
  }
}

function itemOf(
  message: Members,
  conversation: Conversation,
  clock: ((local: LocalTime) => number | undefined) | undefined,
  find: (path: string) => MessageFile,
): Item {
  const plain = listOrText(message.text);
  if (message.type !== 'message')
    return { skipped: 'system-message', example: shortly(firstText(message.action, message.type)) };
  const createdAt = dateOf(message, clock);
  if (createdAt === undefined) return { skipped: 'no-date', example: shortly(plain) };
  const files = FILES.map((key) => textOf(message[key])).filter(
    (path) => path !== '' && !path.startsWith('('),
  );
  const lacking = FILES.filter((key) => textOf(message[key]).startsWith('(')).length;
  const { text, type } = formatted(message);
  const forwarded = firstText(message.forwarded_from);
  const notes = [
    forwarded === '' ? '' : `Forwarded from ${forwarded}:`,
    text,
    textOf(message.sticker_emoji),
    lacking > 0 && text === ''
      ? `(${firstText(message.file_name, message.media_type, 'photo')}: not in the export)`
      : '',
  ];
  return {
    conversation,
    sourceId: idOf(message.id),
    // Times are whole seconds, and message ids count up, so the ids keep messages of one second in order.
    shift:
      Number.isSafeInteger(message.id) && Number(message.id) >= 0 ? Number(message.id) % 1000 : undefined,
    author: firstText(message.from, message.author, idOf(message.from_id)),
    createdAt,
    text: notes.filter((note) => note !== '').join('\n'),
    type,
    replyTo: idOf(message.reply_to_message_id),
    files: files.map(find),
  };
}

/** The time of a message: exact if the export contains that, otherwise interpreted in a time zone. */
function dateOf(
  { date, date_unixtime }: Members,
  clock: ((local: LocalTime) => number | undefined) | undefined,
) {
  const exact = Number(idOf(date_unixtime) ?? Number.NaN);
  if (Number.isFinite(exact)) return exact * 1000;
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/.exec(textOf(date));
  if (!match) return undefined;
  if (!clock)
    throw ask(
      'zone',
      'The export has times without a time zone (Telegram Desktop writes local time). Give "zone", the zone of the computer that made it, such as Europe/Berlin.',
    );
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return clock({ year, month, day, hour, minute, second });
}

const entitiesOf = ({ text, text_entities }: Members): readonly unknown[] =>
  Array.isArray(text) ? text : listOf(text_entities).length > 0 ? listOf(text_entities) : [text];

const listOrText = (text: unknown): string =>
  Array.isArray(text)
    ? text.map((one) => (typeof one === 'string' ? one : textOf(membersOf(one).text))).join('')
    : textOf(text);

/** Entities that do not change how a text is shown. */
const PLAIN = new Set([
  '',
  'plain',
  'link',
  'mention',
  'mention_name',
  'hashtag',
  'bot_command',
  'email',
  'phone',
  'cashtag',
  'custom_emoji',
  'bank_card',
  'unknown',
]);

function formatted(message: Members): { readonly text: string; readonly type: 'text' | 'markdown' } {
  const entities = entitiesOf(message).map((one) =>
    typeof one === 'string' ? { type: '', text: one } : membersOf(one),
  );
  const isPlain = entities.every(({ type }) => PLAIN.has(textOf(type)));
  if (isPlain)
    return {
      text: entities
        .map(({ text }) => textOf(text))
        .join('')
        .trim(),
      type: 'text',
    };
  return { text: entities.map(markdownOf).join('').trim(), type: 'markdown' };
}

function markdownOf({ type, text: value, href, language }: Members): string {
  const text = textOf(value);
  switch (type) {
    case 'bold':
      return wrapped(escaped(text), '**');
    case 'italic':
      return wrapped(escaped(text), '*');
    case 'strikethrough':
      return wrapped(escaped(text), '~~');
    case 'code':
      return inlineCode(text);
    case 'pre':
      return codeBlock(text, textOf(language));
    case 'blockquote':
      return `\n${quoted(escaped(text))}\n\n`;
    case 'text_link':
      return link(escaped(text), textOf(href));
    case 'link':
      return text;
    default:
      return escaped(text);
  }
}
