import { foldCase } from '../../domain/fold-case.ts';
import { FACTS, type Fact, type Filter, type Term } from '../../domain/query.ts';
import type { Line } from '../../journal/line.ts';
import type { Entry } from '../entry.ts';
import { holds, shownLine } from './facts.ts';
import { PARTS, partOf } from './parts.ts';

/**
 * The n-grams of several lengths that the messages of a shard contain: the hash of an n-gram selects a word, which
 * has one bit for each part of the shard. A search skips every part that lacks one of its n-grams. Several n-grams
 * can share a word, so a part may be read for nothing, but no part with a match is skipped.
 */
export type NgramFilter = Uint32Array;

/**
 * The lengths of the n-grams, rarest first. Long ones distinguish texts made of common pieces; the shortest find a
 * Chinese word or an emoji.
 */
const LENGTHS = [6, 4, 3, 2, 1] as const;
const [LEAST_WORDS, MOST_WORDS] = [2 ** 6, 2 ** 14];
/** How many words there are per character of a part. */
const WORDS_A_CHARACTER = 4;
/** The sum of an n-gram is a polynomial of its characters (Rabin–Karp). */
const FACTOR = 0x9e3779b1;
/** Encloses an author's name, so it is not mistaken for text. */
const MARK = '\u0001';
/** Encloses the name of a fact. */
const FACT_MARK = '\u0002';
const ALL_FACTS: readonly Fact[] = [...FACTS.has, ...FACTS.is];

const nameOfFact = (fact: Fact): string => `${FACT_MARK}${fact}${FACT_MARK}`;
/** Marks a message with a line that is earlier than the message's position in the timeline. */
const EARLY_MARK = `${FACT_MARK}early${FACT_MARK}`;

/** The n-gram filter of everything that a search may find in these messages. They are those of a shard, in order. */
export function ngramFilterOf(entries: readonly Entry[]): NgramFilter {
  const texts = entries.map((entry) => {
    const content = shownLine(entry);
    const text = foldCase(content.text);
    const said = [text, foldCase(`${MARK}${content.author}${MARK}`)];
    for (const tag of content.tags ?? []) said.push(foldCase(`#${tag}`));
    for (const fact of ALL_FACTS) if (holds(fact, entry, content, text)) said.push(nameOfFact(fact));
    if (hasEarlierLine(entry)) said.push(EARLY_MARK);
    said.push(...hashesIn(entry.folded.lines));
    return said;
  });
  const characters = texts.flat().reduce((sum, text) => sum + text.length, 0);
  const wanted = (characters / PARTS) * WORDS_A_CHARACTER;
  const filter = new Uint32Array(clamp(Math.ceil(wanted), LEAST_WORDS, MOST_WORDS));
  for (const [index, own] of texts.entries()) {
    const bit = 1 << partOf(index, texts.length);
    for (const text of own) addRuns(filter, text, bit);
  }
  return filter;
}

function hasEarlierLine({ folded: { lines }, key: { time } }: Entry): boolean {
  return lines.some(
    ({ createdAt, updatedAt }) =>
      Date.parse(createdAt) < time || (updatedAt !== undefined && Date.parse(updatedAt) < time),
  );
}

/** The files named in any revision of a message, since the history shows them too. */
const hashesIn = (lines: readonly Line[]): string[] =>
  lines.flatMap(({ attachments }) => attachments?.map(({ sha256 }) => sha256) ?? []);

/** Adds all n-grams of a text. Each character is read only once, since this is much of the work of writing a shard. */
function addRuns(filter: NgramFilter, text: string, bit: number): void {
  // The sums of the n-grams that end with the last character. Each is computed from the next shorter one.
  let [one, two, three, four, five, six] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const next = text.charCodeAt(at);
    six = (Math.imul(five, FACTOR) + next) | 0;
    five = (Math.imul(four, FACTOR) + next) | 0;
    four = (Math.imul(three, FACTOR) + next) | 0;
    three = (Math.imul(two, FACTOR) + next) | 0;
    two = (Math.imul(one, FACTOR) + next) | 0;
    one = next;
    add(filter, one, bit);
    if (at >= 1) add(filter, two, bit);
    if (at >= 2) add(filter, three, bit);
    if (at >= 3) add(filter, four, bit);
    if (at >= 5) add(filter, six, bit);
  }
}

function add(filter: NgramFilter, sum: number, bit: number): void {
  const word = wordOf(filter, spread(sum));
  filter[word] = (filter[word] as number) | bit;
}

/** The n-grams that a message must contain to pass a filter. */
export interface Needs {
  readonly all: readonly number[];
  /** For each group, the n-grams of its members. A message must contain all of at least one member. */
  readonly anyOf: readonly (readonly (readonly number[])[])[];
}

/** What a message must contain to pass a filter; `undefined` if nothing is required. */
export function needsOf(filter: Filter): Needs | undefined {
  const needed: string[] = [];
  const anyOf: Needs['anyOf'][number][] = [];
  for (const group of filter.terms) {
    const texts = group.flatMap((term) => textOf(term) ?? []);
    // If one term of a group requires nothing, it alone may satisfy the group.
    if (texts.length < group.length) continue;
    if (texts.length === 1) needed.push(...texts);
    else anyOf.push(texts.map((text) => runsOf([text])));
  }
  if (filter.tag !== undefined) needed.push(startOfTag(foldCase(filter.tag)));
  if (filter.author !== undefined) needed.push(foldCase(`${MARK}${filter.author}${MARK}`));
  const all = runsOf(needed);
  return all.length + anyOf.length === 0 ? undefined : { all, anyOf };
}

/** The text that every message matching a term contains. */
function textOf({ kind, value, exclude }: Term): string | undefined {
  if (exclude) return undefined;
  switch (kind) {
    case 'text':
      return value;
    case 'tag':
      return startOfTag(value);
    case 'from':
      return `${MARK}${value}${MARK}`;
    case 'fact':
      return nameOfFact(value);
    default:
      return undefined;
  }
}

const runsOf = (texts: readonly string[]): readonly number[] => [
  ...new Set(LENGTHS.flatMap((length) => texts.flatMap((text) => runsIn(text, length)))),
];

/** What all messages with a line earlier than their position have. */
export const EARLY: Needs = { all: runsOf([EARLY_MARK]), anyOf: [] };

/** What a message must contain to name a file. */
export const needsOfHash = (sha256: string): Needs => ({ all: runsOf([sha256]), anyOf: [] });

/** A tag without its last letter: in the text, a following accent may have changed that letter. */
const startOfTag = (tag: string): string => `#${tag}`.slice(0, -1);

/** The parts that may contain what is needed, one bit for each; 0 if there is none. */
export function partsWith(filter: NgramFilter, { all, anyOf }: Needs): number {
  let parts = partsHolding(filter, all);
  for (const group of anyOf) {
    if (parts === 0) return 0;
    parts &= group.reduce((either, runs) => either | partsHolding(filter, runs), 0);
  }
  return parts;
}

function partsHolding(filter: NgramFilter, runs: readonly number[]): number {
  let parts = ~0;
  for (const run of runs) {
    parts &= filter[wordOf(filter, run)] ?? 0;
    if (parts === 0) return 0;
  }
  return parts;
}

/** Whether a part is included. */
export const isAmong = (parts: number, part: number): boolean => (parts & (1 << part)) !== 0;

/** How many parts are included. */
export const countOf = (parts: number): number =>
  Array.from({ length: PARTS }).filter((_, part) => isAmong(parts, part)).length;

// A hash has 16 bits and an n-gram filter at most 2 ** 14 words, so their product is a small integer.
const wordOf = (filter: NgramFilter, run: number): number => (run * filter.length) >>> 16;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The n-grams of one length in a text. */
function runsIn(text: string, length: (typeof LENGTHS)[number]): number[] {
  const runs: number[] = [];
  for (let end = length; end <= text.length; end += 1) {
    let sum = 0;
    for (let at = end - length; at < end; at += 1) sum = Math.imul(sum, FACTOR) + text.charCodeAt(at);
    runs.push(spread(sum));
  }
  return runs;
}

/**
 * Sixteen bits that each depend on all bits of a sum, like the end of MurmurHash3. With less mixing, some words
 * selected a third of all parts.
 */
function spread(sum: number): number {
  let mixed = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 16;
}
