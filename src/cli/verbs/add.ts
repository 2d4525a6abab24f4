import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { v7 as newId } from 'uuid';
import type { DraftRequest, Message } from '../../contract/message.ts';
import type { Attachment } from '../../domain/attachment.ts';
import { isUuid } from '../../domain/id.ts';
import type { MessageType } from '../../domain/message.ts';
import { readJson } from '../client.ts';
import type { Command } from '../command.ts';
import type { Connection } from '../connect.ts';
import { EXIT, misused } from '../ending.ts';
import { checkFile } from '../files.ts';
import { idOf } from '../ids.ts';
import { type Io, print, readInput } from '../io.ts';
import { printableJson } from '../style.ts';
import { type Given, isSet, textOf, textsOf } from '../verb.ts';

export const add: Command = async (io, given, connection) => {
  const files = textsOf(given, 'file');
  const isWithoutText = files.length > 0 || textOf(given, 'url') !== undefined;
  // If there are files or text to add already, standard input may be meant for something else.
  const text = isWithoutText && given.args.length === 0 ? undefined : await givenText(io, given);
  if (text === undefined && !isWithoutText)
    throw misused('There is nothing to add. Give a text, or pipe one in');
  const id = textOf(given, 'id');
  if (id !== undefined && !isUuid(id)) throw misused(`--id must be a UUID, not ${JSON.stringify(id)}`);
  const content = contentOf(given);
  if (isSet(given, 'done') && content.type !== undefined && content.type !== 'task')
    throw misused(`--done is only for a task, and this would be of type ${content.type}. Nothing was saved`);
  const replyTo = textOf(given, 'reply-to');
  const repositories = textsOf(given, 'repository');
  const attachments = await upload(connection, files);
  const draft: DraftRequest = {
    // The id is created here, so sending the request again after a broken connection makes no second message.
    id: id ?? newId(),
    text: text ?? '',
    ...content,
    ...(isSet(given, 'done') ? { type: 'task', done: true } : {}),
    ...(isSet(given, 'pin') ? { pinned: true } : {}),
    ...(textOf(given, 'at') === undefined ? {} : { createdAt: timeOf(textOf(given, 'at') as string) }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(replyTo === undefined ? {} : { replyTo: await idOf(connection, replyTo) }),
    ...(repositories.length === 0
      ? {}
      : { repositories: repositories.includes('all') ? 'all' : [...repositories] }),
    ...(isSet(given, 'confirm') ? { confirm: true } : {}),
  };
  const reply = await connection.send({ method: 'POST', path: 'messages', json: draft });
  const message = await readJson<Message>(reply);
  await print(io, isSet(given, 'json') ? `${printableJson(JSON.stringify(message))}\n` : `${message.id}\n`);
  return EXIT.done;
};

/** Uploads files to gitpost, so a message can name them. Files that no message names are dropped after a day. */
async function upload({ send }: Connection, files: readonly string[]) {
  for (const file of files) await checkFile(file);
  const uploaded: { readonly sha256: string; readonly name: string }[] = [];
  for (const file of files) {
    const path = `attachments?${new URLSearchParams({ name: basename(file) })}`;
    const reply = await send({ method: 'POST', path, file: createReadStream(file) });
    const { sha256, name } = await readJson<Attachment>(reply);
    uploaded.push({ sha256, name });
  }
  return uploaded;
}

/** The text from the arguments or from standard input, without a single line end at its end, which programs add. */
export async function givenText(io: Io, { args }: Given): Promise<string | undefined> {
  const isPiped = io.stdin.isTTY !== true;
  const isAsked = args.length === 1 && args[0] === '-';
  if (!isAsked && args.length > 0) return args.join(' ');
  if (!isAsked && !isPiped) return undefined;
  const text = await readInput(io);
  const whole = text.replace(/\r?\n$/, '');
  return whole === '' && !isAsked ? undefined : whole;
}

/** The fields of a message that several verbs can set. */
export function contentOf(given: Given) {
  const [type, language, url, author] = ['type', 'language', 'url', 'author'].map((name) =>
    textOf(given, name),
  );
  const tags = textsOf(given, 'tag').map((tag) => tag.replace(/^#/, ''));
  const implied = type ?? (language === undefined ? (url === undefined ? undefined : 'link') : 'code');
  return {
    ...(implied === undefined ? {} : { type: implied as MessageType }),
    ...(language === undefined ? {} : { language }),
    ...(url === undefined ? {} : { url }),
    ...(author === undefined ? {} : { author }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

/** A time as typed by a person. It is in their own zone if it names none. */
function timeOf(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00`) : new Date(text.replace(' ', 'T'));
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw misused(`--at must be a date and time such as 2026-11-22T10:00, not ${JSON.stringify(text)}`);
  return time.toISOString();
}
