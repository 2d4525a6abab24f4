import { clockOf, type LocalTime } from '../../domain/zone.ts';
import type { ExportFile, ExportSource } from '../files.ts';
import { linesOf } from '../lines.ts';
import type { Conversation, Item, ReadOptions } from '../message.ts';
import { ask } from '../refusal.ts';
import { shortly } from '../values.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

type Day = Pick<LocalTime, 'year' | 'month' | 'day'>;

/** `2005-01-08 23:33:54` or `2005-01-08T23:33:54`, with or without brackets, as written by WeeChat and energymech. */
const FULL = /^\[?(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})\]?[\t ]/;
/** `[10:05:01]` or `10:05`; the day is elsewhere. */
const CLOCK = /^\[?(\d{2}):(\d{2})(?::(\d{2}))?\]?[\t ]/;
/** irssi: `--- Day changed Sun Jan 09 2005` and `--- Log opened Sat Jan 08 23:33:54 2005`. */
const DAY = /^--- (?:Day changed|Log opened) \w{3} (\w{3}) (\d{2}) (?:\d{2}:\d{2}:\d{2} )?(\d{4})/;
/** The day in a file name, as written by ZNC: `#chan_20050108.log`, or `2005-01-08.log`. */
const NAMED_DAY = /(?:^|[^\d])(\d{4})-?(\d{2})-?(\d{2})(?:[^\d]|$)/;

/** Whether some lines of a text look like those of an IRC log. */
export const isIrc = (head: string): boolean =>
  DAY.test(head) ||
  head
    .split('\n', 40)
    .some((line) =>
      /^(?:\[?\d{4}-\d{2}-\d{2}[T ])?\[?\d{2}:\d{2}(?::\d{2})?\]?[\t ]{1,2}(?:<[^<>\s]{1,40}>|\*\*\* |-!- |\* \S)/.test(
        line,
      ),
    ) ||
  head.split('\n', 40).some((line) => /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\t[^\t]{1,40}\t/.test(line));

/** Reads logs of irssi, WeeChat, ZNC and energymech. Lines from the server and the program are left out. */
export async function* readIrc({ files }: ExportSource, { zone }: ReadOptions): AsyncGenerator<Item> {
  for (const file of files.filter(({ name }) => name === '' || /\.(log|txt|weechatlog)$/i.test(name))) {
    yield* readLog(file, zone);
  }
}

async function* readLog(file: ExportFile, zone: string | undefined): AsyncGenerator<Item> {
  const conversation = conversationOf(file.name);
  const named = NAMED_DAY.exec(file.name.split('/').at(-1) ?? '');
  let day: Day | undefined = named ? dayOf(named[1], Number(named[2]), named[3]) : undefined;
  let clock: ReturnType<typeof clockOf> | undefined;
  for await (const line of linesOf(file.read())) {
    const changed = DAY.exec(line);
    if (changed) day = dayOf(changed[3], MONTHS.indexOf((changed[1] ?? '').toLowerCase()) + 1, changed[2]);
    const full = FULL.exec(line);
    const short = full ? undefined : CLOCK.exec(line);
    if (!full && !short) {
      if (line.trim() !== '' && !line.startsWith('---')) yield { skipped: 'no-date', example: shortly(line) };
      continue;
    }
    if (zone === undefined)
      throw ask(
        'zone',
        'IRC logs have times without a time zone. Give "zone", the zone of the computer that wrote them, such as Europe/Berlin.',
      );
    clock ??= clockOf(zone);
    const rest = line.slice((full ?? short)?.[0].length ?? 0);
    const said = saidIn(rest);
    if (!said) {
      yield { skipped: 'system-message', example: shortly(rest) };
      continue;
    }
    const on = full ? dayOf(full[1], Number(full[2]), full[3]) : day;
    const [hour = 0, minute = 0, second = 0] = (full ? full.slice(4) : (short?.slice(1) ?? [])).map((part) =>
      Number(part ?? 0),
    );
    const createdAt = on && clock({ ...on, hour, minute, second });
    if (createdAt === undefined) yield { skipped: 'no-date', example: shortly(line) };
    else yield { conversation, ...said, createdAt };
  }
}

const dayOf = (year = '', month = 0, day = ''): Day => ({ year: Number(year), month, day: Number(day) });

/** The author and text in the rest of a line; `undefined` if it is a join, a topic or the like. */
function saidIn(rest: string): { readonly author: string; readonly text: string } | undefined {
  const tabbed = /^([^\t]{0,40})\t([^\n]*)$/.exec(rest);
  if (tabbed) {
    const [, nick = '', text = ''] = tabbed;
    const name = nick.trim();
    if (name === '*') return action(text);
    return /^(?:-->|<--|--|=!=|)$/.test(name)
      ? undefined
      : { author: name.replace(/^[@+%&~]/, ''), text: plain(text) };
  }
  const [, nick, text = ''] = /^\s?<([^<>\s]{1,64}|[@+%&~ ][^<>\s]{1,64})> ?([^\n]*)$/.exec(rest) ?? [];
  if (nick !== undefined) return { author: nick.replace(/^[@+%&~ ]/, ''), text: plain(text) };
  const [, acted] = /^\s{0,2}\* (?!\*)([^\n]*)$/.exec(rest) ?? [];
  return acted === undefined ? undefined : action(acted);
}

/** `/me waves` describes what a person does. */
function action(text: string): { readonly author: string; readonly text: string } | undefined {
  const [, author, what] = /^(\S{1,64}) ([^\n]*)$/.exec(text) ?? [];
  return author === undefined || what === undefined
    ? undefined
    : { author, text: `* ${author} ${plain(what)}` };
}

/** The text without the characters that set colours and bold type. */
const plain = (text: string): string =>
  text.replace(COLOUR, '').replace(/\p{Cc}/gu, (found) => (found === '\t' ? found : ''));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const COLOUR = /\x03(?:\d{1,2}(?:,\d{1,2})?)?/g;

/** The channel, from the name of the file without the day and what programs add. */
function conversationOf(path: string): Conversation {
  const name = (path.split('/').at(-1) ?? '')
    .replace(/\.(?:log|txt|weechatlog)$/i, '')
    .replace(/[._-]?\d{4}-?\d{2}-?\d{2}$/, '')
    .replace(/^irc\.(?:[^.]{1,60}\.)?/, '');
  return name === '' ? { id: '', name: 'irc' } : { id: name, name: name.replace(/^#{1,2}/, '') };
}
