import { FileFinder, lastPartOf } from '../file-finder.ts';
import type { ExportSource } from '../files.ts';
import { linesOf } from '../lines.ts';
import type { Conversation, Item, MessageFile } from '../message.ts';
import { refuse } from '../refusal.ts';
import { filesLike } from '../source.ts';
import { listOf, type Members, membersOf, shortly, textOf } from '../values.ts';

/** Whether a text begins like a bulk export. */
export const isMattermost = (head: string): boolean =>
  /^\s*\{"type":\s?"version",\s?"version":\s?\d+/.test(head);

/**
 * Reads a bulk export of Mattermost, which has one object per line. Posts have no ids, so their time and author
 * identify them.
 */
export async function* readMattermost(source: ExportSource): AsyncGenerator<Item> {
  const finder = new FileFinder(source.files);
  const channels = new Map<string, string>();
  for await (const file of filesLike(source, /\.jsonl?$/i, isMattermost)) {
    // Exports keep their files in the folder "data", but some versions leave its name out of the path.
    const find = (path: string) => ({
      name: lastPartOf(path),
      content: finder.at(path, file.name) ?? finder.at(`data/${path}`, file.name),
    });
    let number = 0;
    for await (const line of linesOf(file.read(), true)) {
      number += 1;
      if (line.trim() === '') continue;
      const { type, channel, post, direct_post } = parse(line, number);
      if (type === 'channel') {
        const { team, name, display_name } = membersOf(channel);
        channels.set(`${textOf(team)}/${textOf(name)}`, textOf(display_name) || textOf(name));
      } else if (type === 'post') {
        const one = membersOf(post);
        const id = `${textOf(one.team)}/${textOf(one.channel)}`;
        yield* thread(one, { id, name: channels.get(id) ?? textOf(one.channel) }, find);
      } else if (type === 'direct_post') {
        const one = membersOf(direct_post);
        const members = listOf(one.channel_members).map(textOf).sort();
        yield* thread(one, { id: `direct/${members.join(' ')}`, name: members.join(' ') }, find);
      }
    }
  }
}

type Find = (path: string) => MessageFile;

function* thread(post: Members, conversation: Conversation, find: Find): Generator<Item> {
  const item = itemOf(post, conversation, undefined, find);
  yield item;
  const parent = 'sourceId' in item ? item.sourceId : undefined;
  for (const reply of listOf(post.replies)) yield itemOf(membersOf(reply), conversation, parent, find);
}

function itemOf(post: Members, conversation: Conversation, parent: string | undefined, find: Find): Item {
  const { user, message, create_at, is_pinned, attachments, type } = post;
  const text = textOf(message);
  if (typeof type === 'string' && type.startsWith('system_'))
    return { skipped: 'system-message', example: shortly(text) };
  if (typeof create_at !== 'number') return { skipped: 'no-date', example: shortly(text) };
  return {
    conversation,
    // The Mattermost server identifies an imported post in the same way.
    sourceId: `${create_at} ${textOf(user)}`,
    author: textOf(user),
    createdAt: create_at,
    text,
    type: /[*_~`>|#[-]/.test(text) ? 'markdown' : 'text',
    replyTo: parent,
    pinned: is_pinned === true,
    files: listOf(attachments)
      .map((one) => textOf(membersOf(one).path))
      .filter((path) => path !== '')
      .map(find),
  };
}

function parse(line: string, number: number): Members {
  try {
    return membersOf(JSON.parse(line));
  } catch {
    throw refuse(
      `Line ${number} is not valid JSON, or is damaged. Get the export again. Nothing was imported.`,
    );
  }
}
