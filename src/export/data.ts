import { toJson } from '../domain/unicode.ts';
import type { Exported, Renderer } from './renderer.ts';

/** The journal's own lines, byte for byte: the current line of each message, or all of them. */
export const ndjson = (revisions: 'current' | 'all'): Renderer => ({
  type: 'application/x-ndjson; charset=utf-8',
  extension: 'ndjson',
  order: 'newest-first',
  messages: revisions === 'all' ? 'all' : 'existing',
  head: '',
  each: ({ current, lines }) =>
    (revisions === 'all' ? lines : [current]).map(({ raw }) => `${raw}\n`).join(''),
  tail: '',
});

/** A list of messages in the same form as the answer to `GET /messages`. */
export function json(): Renderer {
  let isFirst = true;
  return {
    type: 'application/json; charset=utf-8',
    extension: 'json',
    order: 'newest-first',
    head: '[',
    each: ({ message }) => {
      const separator = isFirst ? '\n' : ',\n';
      isFirst = false;
      return `${separator}${toJson(message)}`;
    },
    tail: '\n]\n',
  };
}

const COLUMNS = [
  ...(['id', 'createdAt', 'updatedAt', 'author', 'type', 'text', 'url', 'language'] as const),
  ...(['done', 'replyTo', 'tags', 'repositories', 'revision', 'files'] as const),
];

/** A table for a spreadsheet (RFC 4180). No text of a message can become a formula there. */
export const csv = (): Renderer => ({
  type: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  order: 'oldest-first',
  head: `${COLUMNS.join(',')}\r\n`,
  each: (exported) => `${COLUMNS.map((column) => cellOf(cellText(exported, column))).join(',')}\r\n`,
  tail: '',
});

function cellText({ message }: Exported, column: (typeof COLUMNS)[number]): string {
  if (column === 'tags') return message.tags.join(' ');
  if (column === 'files') return (message.attachments ?? []).map(({ name }) => name).join(', ');
  if (column === 'repositories') return message.deliveries.map(({ repository }) => repository).join(' ');
  const value = message[column];
  return value === undefined ? '' : String(value);
}

/** A spreadsheet treats text that begins like this as a formula, unless it is preceded by a quote. */
const FORMULA = /^[\t\r\n ]{0,100}[=+\-@\t\r|%\uff0b\uff0d\uff1d\uff20]/;

function cellOf(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
