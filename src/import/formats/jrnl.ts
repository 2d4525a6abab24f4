import { clockOf } from '../../domain/zone.ts';
import type { ExportSource } from '../files.ts';
import { linesOf } from '../lines.ts';
import type { ImportedMessage, Item, ReadOptions } from '../message.ts';
import { ask } from '../refusal.ts';

const START = /^\[?(\d{4})-(\d{2})-(\d{2}) (\d{1,2}):(\d{2})(?::(\d{2}))?( [AP]M)?\]? (\S[^\n]*)$/;

export const isJrnl = (head: string): boolean =>
  START.test(head.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? '') && /^\[?\d{4}/.test(head.trimStart());

/** Reads a journal of jrnl: a date and a title, then the text in the lines below. */
export async function* readJrnl(
  { files }: ExportSource,
  { zone }: ReadOptions,
  author: string,
): AsyncGenerator<Item> {
  if (zone === undefined)
    throw ask(
      'zone',
      'jrnl writes times without a time zone. Give "zone", the zone of the computer that wrote them, such as Europe/Berlin.',
    );
  const clock = clockOf(zone);
  for (const file of files.filter(({ name }) => name === '' || /\.(txt|journal)$/i.test(name))) {
    let open: { readonly at: number; readonly lines: string[] } | undefined;
    for await (const line of linesOf(file.read())) {
      const match = START.exec(line);
      const at = match ? timeIn(match, clock) : undefined;
      if (at !== undefined) {
        if (open) yield entryOf(open.at, open.lines, author);
        open = { at, lines: [match?.[8] ?? ''] };
      } else if (open) open.lines.push(line);
    }
    if (open) yield entryOf(open.at, open.lines, author);
  }
}

function timeIn(match: RegExpExecArray, clock: ReturnType<typeof clockOf>): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const half = match[7]?.trim();
  const hours = half === undefined ? hour : (hour % 12) + (half === 'PM' ? 12 : 0);
  return clock({ year, month, day, hour: hours, minute, second });
}

function entryOf(at: number, lines: readonly string[], author: string): ImportedMessage {
  const [title = '', ...rest] = lines;
  // A star at either end of the title marks what is important.
  const pinned = title.startsWith('* ') || title.endsWith(' *');
  const bare = title.replace(/^\* /, '').replace(/ \*$/, '');
  const text = [bare, ...rest].join('\n').trim();
  const tags = [...text.matchAll(/(?<=^|\s)@([\p{L}\p{N}_-]{1,64})/gu)].map(([, tag = '']) => tag);
  return { conversation: { id: 'jrnl', name: 'jrnl' }, author, createdAt: at, text, tags, pinned };
}
