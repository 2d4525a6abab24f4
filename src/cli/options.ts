import { MESSAGE_TYPES } from '../domain/message.ts';
import type { Option } from './verb.ts';

/** Options shared by several verbs. */

const repository: Option = {
  name: 'repository',
  short: 'r',
  value: 'name',
  help: 'Only messages in this repository',
  fields: ['repository', 'repositories'],
};

export const json: Option = { name: 'json', help: 'Print JSON' };
export const ndjson: Option = { name: 'ndjson', help: 'Print one JSON object per line' };

/** The options that select messages. */
export const filters: readonly Option[] = [
  repository,
  { name: 'author', short: 'a', value: 'name', help: 'Only messages by this author' },
  { name: 'type', short: 't', value: 'type', choices: MESSAGE_TYPES, help: 'Only messages of this type' },
  { name: 'tag', value: 'tag', help: 'Only messages with this tag' },
  { name: 'since', value: 'date', help: 'Only messages from this date or time on' },
  { name: 'until', value: 'date', help: 'Only messages before this date or time' },
];

export const listing: readonly Option[] = [
  ...filters,
  {
    name: 'as-of',
    value: 'time',
    help: 'The messages as they were at this time or commit',
    fields: ['asOf'],
  },
  {
    name: 'number',
    short: 'n',
    value: 'count',
    help: 'At most this many; 10 on a terminal, all otherwise',
    fields: ['limit'],
  },
  json,
  ndjson,
];

export const common: readonly Option[] = [{ name: 'help', short: 'h', help: 'Show this help' }];

export const content: readonly Option[] = [
  { name: 'type', short: 't', value: 'type', choices: MESSAGE_TYPES, help: 'What the text is' },
  { name: 'language', short: 'l', value: 'name', help: 'The language of code, such as diff; makes it code' },
  { name: 'url', value: 'url', help: 'The address of a link; makes it a link' },
  { name: 'author', short: 'a', value: 'name', help: 'Who wrote it, if not you' },
  {
    name: 'tag',
    value: 'tag',
    multiple: true,
    help: 'A tag besides those in the text; may be repeated',
    fields: ['tag', 'tags'],
  },
];

export const confirm: Option = {
  name: 'confirm',
  help: 'Save text that looks like a password or a token',
};
