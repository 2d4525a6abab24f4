import { cleanFileName } from '../../domain/attachment.ts';
import { FileFinder } from '../file-finder.ts';
import type { ExportFile, ExportSource } from '../files.ts';
import { jsonParts } from '../json-parts.ts';
import type { Conversation, ImportedMessage, Item, MessageFile } from '../message.ts';
import { refuse } from '../refusal.ts';
import { contentOf } from '../source.ts';
import { firstText, idOf, listOf, type Members, membersOf, shortly, textOf } from '../values.ts';
import { type SlackNames, slackText } from './slack-text.ts';

const DAY = /^(?:.*\/)?([^/]+)\/\d{4}-\d{2}-\d{2}\.json$/;
const LISTS = ['channels', 'groups', 'dms', 'mpims'];

/**
 * The subtypes written by a person or an app. All others are joins, topics and the like, which Slack shows as
 * messages of its own.
 */
const WRITTEN = new Set([
  'bot_message',
  'me_message',
  'thread_broadcast',
  'file_share',
  'file_comment',
  'reply_broadcast',
]);

/** Whether the file names are those of a Slack export. */
export const isSlack = ({ files }: ExportSource): boolean =>
  files.some(({ name }) => /(^|\/)(users|channels)\.json$/.test(name)) &&
  files.some(({ name }) => DAY.test(name));

/** Reads a Slack export: one folder per channel, with one file per day. */
export async function* readSlack({ files }: ExportSource): AsyncGenerator<Item> {
  const users = new Map<string, string>();
  for (const user of await listIn(files, 'users')) {
    const profile = membersOf(user.profile);
    const name = firstText(profile.display_name, profile.real_name, user.real_name, user.name);
    const id = idOf(user.id);
    if (id !== undefined && name !== '') users.set(id, name);
  }
  const conversations = new Map<string, Conversation>();
  const channels = new Map<string, string>();
  for (const kind of LISTS) {
    for (const one of await listIn(files, kind)) {
      const id = idOf(one.id);
      if (id === undefined) continue;
      const members = listOf(one.members).map((member) => users.get(String(member)) ?? String(member));
      const name = kind === 'dms' || kind === 'mpims' ? members.join(' ') : textOf(one.name);
      channels.set(id, name);
      // A folder is named after the channel, or after the id of a direct conversation.
      for (const folder of [textOf(one.name), id])
        if (folder !== '') conversations.set(folder, { id, name: name || id });
    }
  }
  const names = { users, channels };
  const finder = new FileFinder(files);
  for (const file of files) {
    const folder = DAY.exec(file.name)?.[1];
    if (folder === undefined) continue;
    const conversation = conversations.get(folder) ?? { id: folder, name: folder };
    const find = (one: Members) => fileOf(one, finder, file.name);
    for await (const { path, value } of jsonParts(file.read(), (at) => at === '', file.name)) {
      if (path === '*') yield itemOf(membersOf(value), conversation, names, find);
    }
  }
}

async function listIn(files: readonly ExportFile[], kind: string): Promise<Members[]> {
  const file = files.find(({ name }) => `/${name}`.endsWith(`/${kind}.json`) && !DAY.test(name));
  if (!file) return [];
  try {
    return listOf(JSON.parse((await contentOf(file)).toString('utf8'))).map(membersOf);
  } catch {
    throw refuse(
      `${file.name} is not valid JSON, or is damaged. Get the export again. Nothing was imported.`,
    );
  }
}

function itemOf(
  message: Members,
  conversation: Conversation,
  names: SlackNames,
  find: (file: Members) => MessageFile,
): Item {
  const [ts, subtype] = [textOf(message.ts), textOf(message.subtype)];
  if (!/^\d{1,12}\.\d{1,6}$/.test(ts)) return { skipped: 'no-date', example: shortly(textOf(message.text)) };
  if (subtype !== '' && !WRITTEN.has(subtype))
    return { skipped: 'system-message', example: shortly(subtype) };
  const thread = textOf(message.thread_ts);
  const profile = membersOf(message.user_profile);
  const imported: ImportedMessage = {
    conversation,
    sourceId: ts,
    author: firstText(
      names.users.get(textOf(message.user)),
      profile.display_name,
      profile.real_name,
      message.username,
      membersOf(message.bot_profile).name,
      message.user,
      message.bot_id,
    ),
    createdAt:
      Number(ts.split('.')[0]) * 1000 + Math.floor(Number((ts.split('.')[1] ?? '').padEnd(6, '0')) / 1000),
    ...slackText(message, names),
    replyTo: thread !== '' && thread !== ts ? thread : undefined,
    pinned: listOf(message.pinned_to).length > 0,
    files: listOf(message.files).map(membersOf).map(find),
  };
  return imported;
}

/**
 * A file of a message. Slack gives only its link, with a token that opens it, so the link is left out. Programs that
 * download the files save them in one of two places.
 */
function fileOf({ id, name, title }: Members, finder: FileFinder, from: string): MessageFile {
  const called = firstText(name, title, 'file');
  const key = textOf(id);
  if (key === '') return { name: called };
  const saved = cleanFileName(called);
  const places = [
    `attachments/${key}-${saved}`,
    `../attachments/${key}-${saved}`,
    `../__uploads/${key}/${saved}`,
  ];
  return { name: called, content: places.map((place) => finder.at(place, from)).find((file) => file) };
}
