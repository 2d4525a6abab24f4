import type { ExportSource } from '../files.ts';
import { linesOf } from '../lines.ts';
import type { Conversation, Item } from '../message.ts';
import { refuse } from '../refusal.ts';
import { listOf, type Members, membersOf, shortly, textOf } from '../values.ts';

/** Whether a text begins like a bulk export. */
export const isMattermost = (head: string): boolean =>
  /^\s*\{"type":\s?"version",\s?"version":\s?\d+/.test(head);

/** Reads a bulk export of Mattermost, which has one object per line. Posts have no ids, so they go by time and author. */
export async function* readMattermost({ files }: ExportSource): AsyncGenerator<Item> {
  const channels = new Map<string, string>();
  for (const file of files.filter(({ name }) => name === '' || /\.(jsonl|json)$/i.test(name))) {
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
        yield* thread(one, { id, name: channels.get(id) ?? textOf(one.channel) });
      } else if (type === 'direct_post') {
        const one = membersOf(direct_post);
        const members = listOf(one.channel_members).map(textOf).sort();
        yield* thread(one, { id: `direct/${members.join(' ')}`, name: members.join(' ') });
      }
    }
  }
}

function* thread(post: Members, conversation: Conversation): Generator<Item> {
  const item = itemOf(post, conversation, undefined);
  yield item;
  const parent = 'sourceId' in item ? item.sourceId : undefined;
  for (const reply of listOf(post.replies)) yield itemOf(membersOf(reply), conversation, parent);
}

function itemOf(post: Members, conversation: Conversation, parent: string | undefined): Item {
  const { user, message, create_at, is_pinned, attachments, type } = post;
  const text = textOf(message);
  if (typeof type === 'string' && type.startsWith('system_'))
    return { skipped: 'system-message', example: shortly(text) };
  if (typeof create_at !== 'number') return { skipped: 'no-date', example: shortly(text) };
  return {
    conversation,
    // The server imports a post by the same two.
    sourceId: `${create_at} ${textOf(user)}`,
    author: textOf(user),
    createdAt: create_at,
    text,
    type: /[*_~`>|#[-]/.test(text) ? 'markdown' : 'text',
    replyTo: parent,
    pinned: is_pinned === true,
    files: listOf(attachments)
      .map((one) => textOf(membersOf(one).path).split('/').at(-1) ?? '')
      .filter((name) => name !== ''),
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
