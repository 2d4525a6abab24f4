import { cursorOfNext } from '../../client/next-page.ts';
import type { Message } from '../../contract/message.ts';
import { TAG } from '../../domain/message.ts';
import type { Command } from '../command.ts';
import type { Connection } from '../connect.ts';
import { EXIT, misused } from '../ending.ts';
import { messageBlock } from '../format.ts';
import { type Io, print, say } from '../io.ts';
import { linesOf } from '../lines.ts';
import { ownZone } from '../own-zone.ts';
import { page } from '../pager.ts';
import { printableJson, styleFor } from '../style.ts';
import { type Given, isSet, textOf } from '../verb.ts';

/** How many messages are requested at once. */
const PAGE = 1000;
const ON_TERMINAL = 10;

export const list: Command = async (io, given, connection) => {
  await show(io, given, connection, undefined);
  return EXIT.done;
};

export const search: Command = async (io, given, connection) => {
  const q = given.args.join(' ');
  if (q.trim() === '') throw misused('Give words to search for. gitpost list shows all messages');
  const operator = WITHOUT_VALUE.exec(q.replace(/"[^"]*"/g, '""'))?.[1];
  if (operator !== undefined)
    throw misused(`${operator}: needs a value, written without a space: ${operator}:value`);
  await show(io, given, connection, q);
  return EXIT.done;
};

/** An operator at the end of a word. The API looks for it as text, since someone may still be typing. */
const WITHOUT_VALUE = /(?:^|\s)-?(from|in|type|tag|has|is|before|after):(?=\s|$)/i;

async function show(io: Io, given: Given, connection: Connection, q: string | undefined): Promise<void> {
  const isTerminal = io.stdout.isTTY === true;
  const isData = isSet(given, 'json') || isSet(given, 'ndjson');
  const most = mostOf(given) ?? (isTerminal && !isData ? ON_TERMINAL : undefined);
  const lines = messageLines(connection, filterOf(given, q), most);
  if (isSet(given, 'ndjson')) {
    for await (const line of lines) await print(io, `${printableJson(line)}\n`);
    return;
  }
  if (isSet(given, 'json')) return printArray(io, lines);
  const look = { style: styleFor(io.stdout, io), now: isTerminal ? Date.now() : undefined };
  const blockOf = (line: string) => messageBlock(JSON.parse(line) as Message, look);
  if (!isTerminal) {
    let isFirst = true;
    for await (const line of lines) {
      await print(io, `${isFirst ? '' : '\n'}${blockOf(line)}`);
      isFirst = false;
    }
    return;
  }
  const blocks: string[] = [];
  for await (const line of lines) blocks.push(blockOf(line));
  if (blocks.length === 0) return say(io, 'No messages.');
  await page(io, blocks.reverse().join('\n'), true);
}

function mostOf(given: Given): number | undefined {
  const text = textOf(given, 'number');
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw misused(`-n must be a whole number from 1 on, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** The API's filters for the given options. */
export function filterOf(given: Given, q?: string): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['repository', 'author', 'type', 'tag', 'since', 'until']) {
    const value = textOf(given, name);
    if (value !== undefined) query.set(name, value);
  }
  const tag = query.get('tag')?.replace(/^#/, '');
  if (tag !== undefined) {
    if (!TAG.test(tag)) throw misused('--tag must be 1 to 64 letters, digits, _ or -');
    query.set('tag', tag);
  }
  const asOf = textOf(given, 'as-of');
  if (asOf !== undefined) query.set('asOf', asOf);
  if (q !== undefined) query.set('q', q);
  for (const [name, value] of Object.entries(ownZone())) query.set(name, value);
  return query;
}

/** Messages as lines of JSON, newest first. */
async function* messageLines(
  { send }: Connection,
  query: URLSearchParams,
  most: number | undefined,
): AsyncGenerator<string> {
  const headers = { Accept: 'application/x-ndjson' };
  let left = most;
  let cursor: string | undefined;
  do {
    const page = new URLSearchParams(query);
    if (left !== undefined) page.set('limit', String(Math.min(left, PAGE)));
    if (cursor !== undefined) page.set('cursor', cursor);
    const reply = await send({ method: 'GET', path: `messages?${page}`, headers });
    for await (const line of linesOf(reply.body)) {
      yield line;
      if (left !== undefined) left -= 1;
    }
    cursor = cursorOfNext(reply.headers.link);
  } while (cursor !== undefined && left !== undefined && left > 0);
}

async function printArray(io: Io, lines: AsyncIterable<string>): Promise<void> {
  let start = '[\n';
  for await (const line of lines) {
    await print(io, `${start}${printableJson(line)}`);
    start = ',\n';
  }
  await print(io, start === '[\n' ? '[]\n' : '\n]\n');
}
