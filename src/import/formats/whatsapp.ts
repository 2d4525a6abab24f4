import { clockOf } from '../../domain/zone.ts';
import { FileFinder } from '../file-finder.ts';
import type { ExportFile, ExportSource } from '../files.ts';
import { linesOf } from '../lines.ts';
import type { Conversation, ImportedMessage, Item, MessageFile, ReadOptions } from '../message.ts';
import { ask } from '../refusal.ts';
import { filesLike } from '../source.ts';
import { shortly } from '../values.ts';

/** A date, a time and the rest of a line that starts a message: `12/9/20, 10:05 PM - …` or `[12.09.20, 22:05:11] …`. */
const START =
  /^[\u200e\u200f\u202a-\u202e\ufeff]*\[?(\d{1,4})([./-])\s?(\d{1,2})[./-]\s?(\d{1,4})\.?,?\s+(?:(?:a las|um|at|à|o)\s+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s?(a|p|A|P)\.?\s?(?:m|M)\.?)?\s?(?:\]\s?|\s?[-–]\s)([\s\S]*)$/u;
const HIDDEN = /[\u200e\u200f\u202a-\u202e\ufeff]/g;
const ATTACHED = /^(?:<[^<>:]+:\s?([^<>]+\.\w{2,5})>|([^\n]+\.\w{2,5}) \([^()\n]+\))(?:\n([\s\S]*))?$/;
const OMITTED =
  /^<?(?:Media omitted|Medien ausgeschlossen|Multimedia omitido|Médias omis|Media omessi|Mídia oculta|(?:image|video|audio|sticker|GIF|document|Contact card) omitted)>?$/i;

/** Lines from WhatsApp itself that look as if someone had written them. */
const SYSTEM =
  /end-to-end encrypted|Ende-zu-Ende|cifrad[oa]s? de extremo a extremo|chiffrés de bout en bout|created (?:this )?group|changed (?:the|this) (?:subject|group)|security code (?:with [^\n]{1,100} )?changed/i;

/** Whether any line of a text begins like a WhatsApp message. */
export const isWhatsApp = (head: string): boolean =>
  head.split('\n', 40).filter((line) => START.test(normal(line))).length >= 1 &&
  !/^\[\d{4}-\d{2}-\d{2} \d{2}:\d{2}\] /m.test(head);

/** Reads a chat exported by WhatsApp: a text file, or the zip with its media. */
export async function* readWhatsApp(source: ExportSource, options: ReadOptions): AsyncGenerator<Item> {
  const finder = new FileFinder(source.files);
  for await (const file of filesLike(source, /\.txt$/i, isWhatsApp)) {
    const order = await orderIn(file, options);
    const find = (name: string) => ({ name, content: finder.at(name, file.name) });
    yield* readChat(file, order, options, find);
  }
}

type Order = 'dmy' | 'mdy' | 'ymd';

/**
 * The order of day and month, determined from all dates of the file together, so it is never guessed for a single
 * line.
 */
async function orderIn(file: ExportFile, { dates, zone }: ReadOptions): Promise<Order> {
  let isYearFirst = false;
  const highest = { first: 0, second: 0 };
  for await (const line of linesOf(file.read())) {
    const match = START.exec(normal(line));
    if (!match) continue;
    const [, first = '', , second = ''] = match;
    if (first.length === 4) isYearFirst = true;
    highest.first = Math.max(highest.first, Number(first));
    highest.second = Math.max(highest.second, Number(second));
  }
  if (zone === undefined)
    throw ask(
      'zone',
      'WhatsApp writes times without a time zone. Give "zone", the zone of the phone that made the export, such as Europe/Berlin.',
    );
  if (isYearFirst) return 'ymd';
  if (highest.first > 12) return 'dmy';
  if (highest.second > 12) return 'mdy';
  if (dates === undefined)
    throw ask(
      'dates',
      'The dates can be read in two ways: day before month, or month before day. Give "dates", as dmy or mdy.',
    );
  return dates;
}

async function* readChat(
  file: ExportFile,
  order: Order,
  { zone = 'UTC' }: ReadOptions,
  find: (name: string) => MessageFile,
): AsyncGenerator<Item> {
  const clock = clockOf(zone);
  const conversation = conversationOf(file.name);
  let open: { readonly at: number | undefined; readonly lines: string[] } | undefined;
  for await (const line of linesOf(file.read())) {
    const match = START.exec(normal(line));
    if (!match) {
      if (open) open.lines.push(line);
      else if (line.trim() !== '') yield { skipped: 'no-date', example: shortly(line) };
      continue;
    }
    if (open) yield itemOf(open.at, open.lines, conversation, find);
    open = { at: clock(timeOf(match, order)), lines: [match[9] ?? ''] };
  }
  if (open) yield itemOf(open.at, open.lines, conversation, find);
}

function timeOf(match: RegExpExecArray, order: Order) {
  const [, first = '', , second = '', third = '', hour = '', minute = '', seconds = '0', half] = match;
  const [a, b, c] = [first, second, third].map(Number) as [number, number, number];
  const [year, month, day] = order === 'ymd' ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b];
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  return {
    ...{ year: year < 100 ? 2000 + year : year, month, day },
    ...{ hour: hours, minute: Number(minute), second: Number(seconds) },
  };
}

function itemOf(
  at: number | undefined,
  lines: readonly string[],
  conversation: Conversation,
  find: (name: string) => MessageFile,
): Item {
  const whole = lines.join('\n').trimEnd();
  const clean = whole.replace(HIDDEN, '');
  if (at === undefined) return { skipped: 'no-date', example: shortly(clean) };
  const colon = /^([^:\n]{1,100}?):\s([\s\S]*)$|^([^:\n]{1,100}):$/.exec(clean);
  const author = (colon?.[1] ?? colon?.[3] ?? '').replace(/^~\s?/, '').trim();
  const text = colon?.[2] ?? '';
  if (author === '' || SYSTEM.test(clean)) return { skipped: 'system-message', example: shortly(clean) };
  if (OMITTED.test(text.trim())) return { skipped: 'media-not-in-export', example: shortly(clean) };
  const file = ATTACHED.exec(text);
  const message: ImportedMessage = { conversation, author, createdAt: at, text };
  if (!file) return message;
  return { ...message, text: (file[3] ?? '').trim(), files: [find((file[1] ?? file[2] ?? '').trim())] };
}

/** The chat, from the name of the file without what WhatsApp and file managers add. */
function conversationOf(path: string): Conversation {
  const name = (path.split('/').at(-1) ?? '')
    .replace(/\.txt$/i, '')
    .replace(/\s?\(\d+\)$/, '')
    .replace(
      /^(?:WhatsApp Chat (?:with|mit) |WhatsApp-Chat mit |Chat de WhatsApp con |Discussion WhatsApp avec )/i,
      '',
    );
  return name === '' || name === '_chat' ? { id: '', name: 'whatsapp' } : { id: name, name };
}

/** The narrow and other special spaces that phones write, as plain ones. */
const normal = (line: string): string => line.replace(/[\u202f\u00a0\u2009]/g, ' ');
