import { FileFinder } from '../file-finder.ts';
import type { ExportSource } from '../files.ts';
import { jsonParts } from '../json-parts.ts';
import type { Conversation, Item, MessageFile } from '../message.ts';
import { filesLike } from '../source.ts';
import { firstText, idOf, instantOf, listOf, type Members, membersOf, shortly, textOf } from '../values.ts';

/** What people write. Every other type is a message from Discord itself. */
const WRITTEN = new Set([
  'Default',
  'Reply',
  '0',
  '19',
  'ApplicationCommand',
  'ChatInputCommand',
  'ContextMenuCommand',
  'ThreadStarterMessage',
]);

/** Whether a JSON text begins like a channel from DiscordChatExporter. */
export const isDiscord = (head: string): boolean =>
  /^\s*\{\s*"guild"\s*:/.test(head) && head.includes('"channel"');

/** Reads channels written by DiscordChatExporter: one file per channel, or several parts. */
export async function* readDiscord(source: ExportSource): AsyncGenerator<Item> {
  const finder = new FileFinder(source.files);
  for await (const file of filesLike(source, /\.json$/i, isDiscord)) {
    const find = (one: Members) => fileOf(one, finder, file.name);
    let conversation: Conversation = { id: '', name: '' };
    for await (const { path, value } of jsonParts(file.read(), isOpen, file.name)) {
      if (path === 'channel') {
        const channel = membersOf(value);
        const id = idOf(channel.id) ?? '';
        conversation = { id, name: firstText(channel.name, channel.category) || id };
      } else if (path === 'messages/*') yield itemOf(membersOf(value), conversation, find);
    }
  }
}

const isOpen = (path: string): boolean => path === '' || path === 'messages';

function itemOf(
  message: Members,
  conversation: Conversation,
  find: (attachment: Members) => MessageFile,
): Item {
  const type = idOf(message.type) ?? 'Default';
  const createdAt = instantOf(message.timestamp);
  const content = textOf(message.content);
  if (!WRITTEN.has(type)) return { skipped: 'system-message', example: shortly(`${type}: ${content}`) };
  if (createdAt === undefined) return { skipped: 'no-date', example: shortly(content) };
  const author = membersOf(message.author);
  const texts = [withNames(content, message), ...embedsOf(message), ...stickersOf(message)];
  return {
    conversation,
    sourceId: idOf(message.id),
    author: firstText(author.nickname, author.name),
    createdAt,
    text: texts.filter((text) => text !== '').join('\n\n'),
    // Discord's own markup is Markdown.
    type: /[*_~`>|#[-]/.test(content) ? 'markdown' : 'text',
    replyTo: idOf(membersOf(message.reference).messageId),
    pinned: message.isPinned === true,
    files: listOf(message.attachments).map(membersOf).map(find),
  };
}

/** A file by its link: to a place next to the JSON if media were saved too, otherwise to Discord. */
function fileOf({ fileName, url }: Members, finder: FileFinder, from: string): MessageFile {
  const link = textOf(url);
  const content = /^https?:/i.test(link) ? undefined : (finder.at(link, from) ?? finder.named(link));
  return { name: firstText(fileName, link, 'file'), content };
}

/** Replaces mentions and emoji with their names, if the message contains them. */
function withNames(content: string, message: Members): string {
  const mentioned = new Map(
    listOf(message.mentions)
      .map(membersOf)
      .map((one) => [idOf(one.id) ?? '', firstText(one.nickname, one.name)]),
  );
  return content
    .replace(/<@!?([^<>&\s]+)>/g, (whole, id: string) =>
      mentioned.get(id) ? `@${mentioned.get(id)}` : whole,
    )
    .replace(/<a?:(\w+):\d+>/g, ':$1:');
}

const embedsOf = (message: Members): string[] =>
  listOf(message.embeds)
    .map(membersOf)
    .map(({ title, url, description }) =>
      [title, description, url]
        .map(textOf)
        .filter((text) => text !== '' && !textOf(message.content).includes(text))
        .join('\n'),
    );

const stickersOf = (message: Members): string[] =>
  listOf(message.stickers).map((one) => `:${firstText(membersOf(one).name, 'sticker')}:`);
