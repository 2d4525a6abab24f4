import type { Delivery, HistoryEntry, Message } from '../contract/message.ts';
import { printable, printableLine, type Style } from './style.ts';

/** How messages are shown to a person. */
export interface Look {
  readonly style: Style;
  /** Times are shown relative to this moment; without it, as date and time. */
  readonly now: number | undefined;
}

/** How many characters of an id are shown. That is enough to identify it even among a million messages. */
const ID_SHOWN = 8;

export function messageBlock(message: Message, { style, now }: Look): string {
  const where = message.deliveries.map(({ repository }) => repository).join(', ');
  const head = [
    style.accent(message.id.slice(-ID_SHOWN)),
    style.strong(printableLine(message.author)),
    style.faint(timeText(message.createdAt, now)),
    style.faint(where),
    ...marksOf(message),
  ];
  return `${head.join('  ')}\n${indented(textOf(message))}\n`;
}

export function messageDetails(message: Message, { style, now }: Look): string {
  const rows: [string, string][] = [
    ['id', style.accent(message.id)],
    ['author', style.strong(printableLine(message.author))],
    ['written', timeText(message.createdAt, now)],
    ...(message.updatedAt ? [['edited', timeText(message.updatedAt, now)] as [string, string]] : []),
    ['type', [printableLine(message.type), ...marksOf(message, false)].join(', ')],
    ...(message.replyTo ? [['reply to', message.replyTo] as [string, string]] : []),
    ...(message.tags.length > 0
      ? [['tags', message.tags.map((tag) => `#${printableLine(tag)}`).join(' ')] as [string, string]]
      : []),
    ...message.deliveries.map((one): [string, string] => [one.repository, deliveryText(one)]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${style.faint(name.padEnd(width))}  ${value}`);
  return `${lines.join('\n')}\n\n${indented(textOf(message))}\n`;
}

export function revisionBlock(entry: HistoryEntry, { style, now }: Look): string {
  const head = [
    style.accent(`revision ${entry.revision}`),
    style.strong(printableLine(entry.author)),
    style.faint(timeText(entry.updatedAt ?? entry.createdAt, now)),
    ...entry.commits.map(({ repository, commit, committer, device }) =>
      style.faint(
        [
          repository,
          ...(commit === null ? [] : [commit.slice(0, 7)]),
          ...(committer === undefined ? [] : [`by ${printableLine(committer)}`]),
          ...(device === undefined ? [] : [`on ${device}`]),
        ].join(' '),
      ),
    ),
    ...(entry.head ? [style.good('current')] : []),
  ];
  const text = entry.deletedAt ? style.bad('deleted') : textOf(entry);
  return `${head.join('  ')}\n${indented(text)}\n`;
}

const deliveryText = ({ commit, state }: Delivery): string =>
  `${state}${commit === null ? '' : ` ${commit.slice(0, 12)}`}`;

type Content = Pick<Message, 'type' | 'text' | 'url' | 'done' | 'attachments'>;

function textOf({ type, text, url, done, attachments = [] }: Content): string {
  return [
    ...(text === '' ? [] : [`${type === 'task' ? `[${done ? 'x' : ' '}] ` : ''}${printable(text)}`]),
    ...(url === undefined ? [] : [printableLine(url)]),
    ...attachments.map(({ name, size }) => `file: ${printableLine(name)} (${sizeText(size)})`),
  ].join('\n');
}

function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB'];
  let [size, unit] = [bytes, 0];
  for (; size >= 1000 && unit < units.length - 1; unit += 1) size /= 1000;
  return `${unit === 0 || size >= 10 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

function marksOf({ type, language, pinned, conflict }: Message, withType = true): string[] {
  return [
    ...(withType && type !== 'text' && type !== 'task' ? [printableLine(language ?? type)] : []),
    ...(!withType && language !== undefined ? [printableLine(language)] : []),
    ...(pinned ? ['pinned'] : []),
    ...(conflict ? ['conflict'] : []),
  ];
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');

const STEPS = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [30, 'day'],
] as const;

/**
 * A time for a person: how long ago it was if that is less than a month, otherwise the date. Without `now`, always
 * date and time in the local zone.
 */
function timeText(iso: string, now: number | undefined): string {
  const time = new Date(iso);
  if (now === undefined) return localTime(time);
  let count = Math.round((now - time.getTime()) / 1000);
  if (count < 0) return localTime(time);
  for (const [most, unit] of STEPS) {
    if (count < most)
      return count < 10 && unit === 'second' ? 'just now' : `${count} ${unit}${count === 1 ? '' : 's'} ago`;
    count = Math.floor(count / most);
  }
  return localTime(time).slice(0, 10);
}

function localTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
