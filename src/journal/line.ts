import { hash } from 'node:crypto';
import { type Attachment, readAttachments } from '../domain/attachment.ts';
import { isUuid } from '../domain/id.ts';
import { readTags } from '../domain/message.ts';
import { mayHoldHalves, wellFormed, wellFormedJson } from '../domain/unicode.ts';
import { topLevelMembers } from './members.ts';

/** The content of a message: the fields that an edit can change, and what it replies to. */
export interface Content {
  readonly author: string;
  readonly type: string;
  readonly language?: string;
  readonly url?: string;
  readonly done?: boolean;
  readonly text: string;
  readonly replyTo?: string;
  /** Tags besides those in the text, in lower case; absent if there are none. */
  readonly tags?: readonly string[];
  /** Its files; absent if there are none. */
  readonly attachments?: readonly Attachment[];
  /** Present if it is pinned. */
  readonly pinned?: true;
}

/** One readable line of a journal, which is one complete revision of a message. See docs/format.md. */
export interface Line extends Content {
  /** The SHA-256 of the line's bytes without LF, in hex. It identifies the line. */
  readonly hash: string;
  /** The line's text, byte for byte, without LF. Copies are made from this, never from the parsed values. */
  readonly raw: string;
  readonly id: string;
  readonly revision: number;
  /** The lines that it replaces, named by {@link parentName}. */
  readonly parents: readonly string[];
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly deletedAt?: string;
  /**
   * Keys that this version does not know. They are kept through edits, in their original order, each with its value
   * as the original JSON text, since parsing may have lost digits.
   */
  readonly others: readonly (readonly [key: string, json: string])[];
}

/** The fields of a line before they are serialised. */
export type Revision = Omit<Line, 'hash' | 'raw'>;

/** A line that is not a revision for this version. It is left where it is, and reported. */
export interface Unreadable {
  readonly reason: string;
  /** Set if the line is of a later version of the format, so nothing is wrong with it. */
  readonly newer?: true;
}

const PARENT_DIGITS = 16;
const PARENT = /^[0-9a-f]{16}$/;
const DATES = ['createdAt', 'updatedAt', 'deletedAt'];

const ifString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const unlessEmpty = <Item>(list: readonly Item[]): readonly Item[] | undefined =>
  list.length > 0 ? list : undefined;

/**
 * The fields of the content in the order of the format, each with how its value is read: `undefined` if a line does
 * not have it. A new field is added here and to {@link Content}.
 */
const CONTENT: { readonly [Field in keyof Content]-?: (value: unknown) => Content[Field] | undefined } = {
  author: (value) => ifString(value) ?? '',
  type: (value) => ifString(value) ?? 'text',
  language: ifString,
  url: ifString,
  done: (value) => (typeof value === 'boolean' ? value : undefined),
  text: ifString,
  replyTo: ifString,
  tags: (value) => unlessEmpty(readTags(value)),
  attachments: (value) => unlessEmpty(readAttachments(value)),
  pinned: (value) => (value === true ? true : undefined),
};
const CONTENT_FIELDS = Object.keys(CONTENT) as readonly (keyof Content)[];

const KNOWN = new Set(['v', 'id', 'revision', 'parents', ...CONTENT_FIELDS, ...DATES]);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const hashOf = (bytes: string | Buffer): string => hash('sha256', bytes, 'hex');

/**
 * The name that `parents` uses for a line: the first 16 hex digits of its hash. Someone can create two lines that
 * share them, so only `parents` uses this name, and it refers to every line with these digits.
 */
export const parentName = (hash: string): string => hash.slice(0, PARENT_DIGITS);

/** Writes a revision as one line: keys in the format's order, absent ones left out. */
export function toLine(revision: Revision): Line {
  const { id, parents, createdAt, updatedAt, deletedAt, others } = revision;
  const known = {
    ...{ v: 1, id, revision: revision.revision, parents: parents.length > 0 ? parents : undefined },
    ...contentOf(revision),
    ...{ createdAt, updatedAt, deletedAt },
  };
  const members = others.map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  const raw = wellFormedJson(`${[JSON.stringify(known).slice(0, -1), ...members].join(',')}}`);
  return { ...revision, raw, hash: hashOf(raw) };
}

/** The content of a line without anything else. Fields that it does not have are left out. */
export function contentOf(line: Content): Content {
  const content: Partial<Record<keyof Content, unknown>> = {};
  for (const field of CONTENT_FIELDS) {
    if (line[field] !== undefined) content[field] = line[field];
  }
  return content as Content;
}

/**
 * Reads a line leniently: it needs `v` 1, a UUID, an integer `revision`, a string `text` and dates that can be
 * parsed. Half of a surrogate pair is read as U+FFFD, since other programs could not read it if we wrote it back.
 */
export function parseLine(bytes: Buffer): Line | Unreadable {
  try {
    return parseText(utf8.decode(bytes), bytes);
  } catch {
    return { reason: 'is not valid UTF-8' };
  }
}

/** Reads a line that is known to be readable, such as one stored in the mirror. */
export function readLine(raw: string): Line {
  const line = parseText(raw, raw);
  if (isUnreadable(line))
    throw new Error(`A line that could be read before cannot be read now: it ${line.reason}`);
  return line;
}

export const isUnreadable = (line: Line | Unreadable): line is Unreadable => 'reason' in line;

function parseText(raw: string, bytes: string | Buffer): Line | Unreadable {
  const value = parseJson(raw);
  if (value === undefined) return { reason: 'is not valid JSON' };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'is not a JSON object' };
  }
  const members = value as Members;
  const { v, id, revision, text } = members;
  if (typeof v === 'number' && v > 1)
    return { reason: `has format version ${v}, which needs a newer gitpost`, newer: true };
  if (v !== 1) return { reason: 'has no "v" of 1' };
  if (typeof id !== 'string' || !isUuid(id)) return { reason: 'has no UUID as "id"' };
  if (!Number.isInteger(revision) || (revision as number) < 1) {
    return { reason: 'has no whole number from 1 as "revision"' };
  }
  if (typeof text !== 'string') return { reason: 'has no string as "text"' };
  const dates = readDates(members);
  if ('reason' in dates) return dates;
  const line = {
    hash: hashOf(bytes),
    raw,
    id: id.toLowerCase(),
    revision: revision as number,
    parents: readParents(members.parents),
    ...readContent(mayHoldHalves(raw) ? wellFormedStrings(members) : members),
    ...dates,
    others: [],
  };
  return Object.keys(members).every((key) => KNOWN.has(key)) ? line : withOthers(line);
}

/**
 * The unknown members are only parsed when an edit needs them, since someone may have written a hundred thousand of
 * them.
 */
function withOthers(line: Line): Line {
  let others: Line['others'] | undefined;
  const get = () => {
    others ??= otherMembers(line.raw);
    return others;
  };
  return Object.defineProperty(line, 'others', { get, enumerable: true });
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** The members of a line's JSON by name. None of the format's names is one that every object inherits. */
type Members = Readonly<Record<string, unknown>>;

function readParents(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((parent): parent is string => typeof parent === 'string' && PARENT.test(parent));
}

/** The known members of a line, with strings made valid Unicode. Strings inside nested values are not checked. */
const wellFormedStrings = (members: Members): Members =>
  Object.fromEntries(
    [...KNOWN].map((key) => {
      const value = members[key];
      return [key, typeof value === 'string' ? wellFormed(value) : value];
    }),
  );

function readContent(members: Members): Content {
  const content: Partial<Record<keyof Content, unknown>> = {};
  for (const field of CONTENT_FIELDS) {
    const value = CONTENT[field](members[field]);
    if (value !== undefined) content[field] = value;
  }
  return content as Content;
}

/** The unknown members as JSON text. If a name appears several times, the last one counts. */
function otherMembers(raw: string): [string, string][] {
  const others = topLevelMembers(raw).filter(([key]) => !KNOWN.has(key));
  return [...new Map(others.map(([key, json]) => [wellFormed(key), wellFormedJson(json)]))];
}

type Dates = Pick<Line, 'createdAt' | 'updatedAt' | 'deletedAt'>;

function readDates(members: Members): Dates | Unreadable {
  const dates: Record<string, string> = {};
  for (const key of DATES) {
    const value = members[key];
    if (value === undefined && key !== 'createdAt') continue;
    if (typeof value === 'string' && WRITTEN.test(value)) {
      dates[key] = value;
      continue;
    }
    const instant = typeof value === 'string' ? parseInstant(value) : Number.NaN;
    if (Number.isNaN(instant)) return { reason: `has no date that parses as "${key}"` };
    dates[key] = new Date(instant).toISOString();
  }
  return dates as unknown as Dates;
}

/**
 * A date in the form we write, with a day that every month has. Most dates look like this and need no further check.
 */
const WRITTEN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** A date without a zone is UTC, so it means the same on every machine. */
function parseInstant(text: string): number {
  if (/(?:Z|GMT|UTC?|[+-]\d{2}:?\d{2})\s*$/i.test(text) || /^\d{4}(-\d{2}(-\d{2})?)?$/.test(text))
    return Date.parse(text);
  return Date.parse(/^\d{4}-\d{2}-\d{2}T/.test(text) ? `${text}Z` : `${text} UTC`);
}

/** The time of the revision itself, that is, when it was written. */
export const timeOf = (line: Pick<Line, 'createdAt' | 'updatedAt'>): string =>
  line.updatedAt ?? line.createdAt;
