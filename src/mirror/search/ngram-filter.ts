import { foldCase } from '../../domain/fold-case.ts';
import { FACTS, type Fact, type Filter, type Term } from '../../domain/query.ts';
import type { Line } from '../../journal/line.ts';
import type { Entry } from '../entry.ts';
import { contentOf, holds } from './facts.ts';
import { PARTS, partOf } from './parts.ts';

/**
 * Which runs of some lengths the messages of a shard hold: one word for each run, by its hash, with a bit for each
 * part of the shard. A search passes over every part that lacks one of its own. A word can stand for several runs, so a
 * part may be read for nothing, but none that holds a match is skipped.
 */
export type Signature = Uint32Array;

/**
 * The lengths of the runs, the rarest first. Long ones tell apart what is made of common pieces; the shortest find a word
 * of Chinese, or an emoji.
 */
const LENGTHS = [6, 4, 3, 2, 1] as const;
const [LEAST_WORDS, MOST_WORDS] = [2 ** 6, 2 ** 14];
/** So many words for each character of a part. */
const WORDS_A_CHARACTER = 4;
/** The sum of a run is a polynomial of its characters, as Rabin and Karp have it. */
const FACTOR = 0x9e3779b1;
/** Goes around an author's name, so it is no part of the text. */
const MARK = '\u0001';
/** Stands around the name of a fact. */
const FACT_MARK = '\u0002';
const ALL_FACTS: readonly Fact[] = [...FACTS.has, ...FACTS.is];

const nameOfFact = (fact: Fact): string => `${FACT_MARK}${fact}${FACT_MARK}`;
/** Stands for a message with a line that is earlier than the place of the message in the timeline. */
const EARLY_MARK = `${FACT_MARK}early${FACT_MARK}`;

/** The signature of all that a search may find in these messages, which are those of a shard in their order. */
export function signatureOf(entries: readonly Entry[]): Signature {
  const texts = entries.map((entry) => {
    const content = contentOf(entry);
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
  const signature = new Uint32Array(clamp(Math.ceil(wanted), LEAST_WORDS, MOST_WORDS));
  for (const [index, own] of texts.entries()) {
    const bit = 1 << partOf(index, texts.length);
    for (const text of own) addRuns(signature, text, bit);
  }
  return signature;
}

function hasEarlierLine({ folded: { lines }, key: { time } }: Entry): boolean {
  return lines.some(
    ({ createdAt, updatedAt }) =>
      Date.parse(createdAt) < time || (updatedAt !== undefined && Date.parse(updatedAt) < time),
  );
}

/** The files that any revision of a message names: the history shows them too. */
const hashesIn = (lines: readonly Line[]): string[] =>
  lines.flatMap(({ attachments }) => attachments?.map(({ sha256 }) => sha256) ?? []);

/** Notes all runs of a text. Each character is looked at once, since this is much of the work of writing a shard. */
function addRuns(signature: Signature, text: string, bit: number): void {
  // The sums of the runs that end with the last character; a longer one continues the shorter one before it.
  let [one, two, three, four, five, six] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const next = text.charCodeAt(at);
    six = (Math.imul(five, FACTOR) + next) | 0;
    five = (Math.imul(four, FACTOR) + next) | 0;
    four = (Math.imul(three, FACTOR) + next) | 0;
    three = (Math.imul(two, FACTOR) + next) | 0;
    two = (Math.imul(one, FACTOR) + next) | 0;
    one = next;
    add(signature, one, bit);
    if (at >= 1) add(signature, two, bit);
    if (at >= 2) add(signature, three, bit);
    if (at >= 3) add(signature, four, bit);
    if (at >= 5) add(signature, six, bit);
  }
}

function add(signature: Signature, sum: number, bit: number): void {
  const word = wordOf(signature, spread(sum));
  signature[word] = (signature[word] as number) | bit;
}

/** The runs that a message must hold to pass a filter. */
export interface Needs {
  readonly all: readonly number[];
  /** Of each group, all runs of one member. */
  readonly anyOf: readonly (readonly (readonly number[])[])[];
}

/** What a message must hold to pass a filter; `undefined` if that says nothing. */
export function needsOf(filter: Filter): Needs | undefined {
  const needed: string[] = [];
  const anyOf: Needs['anyOf'][number][] = [];
  for (const group of filter.terms) {
    const texts = group.flatMap((term) => textOf(term) ?? []);
    // A term that says nothing can hold without the others.
    if (texts.length < group.length) continue;
    if (texts.length === 1) needed.push(...texts);
    else anyOf.push(texts.map((text) => runsOf([text])));
  }
  if (filter.tag !== undefined) needed.push(startOfTag(foldCase(filter.tag)));
  if (filter.author !== undefined) needed.push(foldCase(`${MARK}${filter.author}${MARK}`));
  const all = runsOf(needed);
  return all.length + anyOf.length === 0 ? undefined : { all, anyOf };
}

/** The text that every message has that matches a term. */
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

/** What all messages have that have a line earlier than their place. */
export const EARLY: Needs = { all: runsOf([EARLY_MARK]), anyOf: [] };

/** What a message must hold to name a file. */
export const needsOfHash = (sha256: string): Needs => ({ all: runsOf([sha256]), anyOf: [] });

/** A tag but for its last letter, which an accent after it may have made another one in the text. */
const startOfTag = (tag: string): string => `#${tag}`.slice(0, -1);

/** The parts that may hold what is needed, a bit for each; 0 if none may. */
export function partsWith(signature: Signature, { all, anyOf }: Needs): number {
  let parts = partsHolding(signature, all);
  for (const group of anyOf) {
    if (parts === 0) return 0;
    parts &= group.reduce((either, runs) => either | partsHolding(signature, runs), 0);
  }
  return parts;
}

function partsHolding(signature: Signature, runs: readonly number[]): number {
  let parts = ~0;
  for (const run of runs) {
    parts &= signature[wordOf(signature, run)] ?? 0;
    if (parts === 0) return 0;
  }
  return parts;
}

/** Whether a part is one of some parts. */
export const isAmong = (parts: number, part: number): boolean => (parts & (1 << part)) !== 0;

/** How many parts some parts are. */
export const countOf = (parts: number): number =>
  Array.from({ length: PARTS }).filter((_, part) => isAmong(parts, part)).length;

// A run is 16 bits and a signature no longer than 2 ** 14, so their product is a small integer.
const wordOf = (signature: Signature, run: number): number => (run * signature.length) >>> 16;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The runs of one length in a text. */
function runsIn(text: string, length: (typeof LENGTHS)[number]): number[] {
  const runs: number[] = [];
  for (let end = length; end <= text.length; end += 1) {
    let sum = 0;
    for (let at = end - length; at < end; at += 1) sum = Math.imul(sum, FACTOR) + text.charCodeAt(at);
    runs.push(spread(sum));
  }
  return runs;
}

/** Sixteen bits that each hang on all of a sum's, as MurmurHash3 ends: with less, some words led to a third of all parts. */
function spread(sum: number): number {
  let mixed = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 16;
}
