import { type Filter, foldCase } from '../domain/query.ts';
import type { Entry } from './entry.ts';

/**
 * Which runs of three and four characters the messages of a shard hold: one word for each run, by its hash, with a bit for each
 * block of messages. A search passes over every block that lacks one of its own. A word can stand for several runs, so a
 * block may be read for nothing, and none is passed over that holds what is looked for.
 */
export type Signature = Uint32Array;

/** So many blocks has a shard, as many as a word has bits. */
const BLOCKS = 32;
/** What is looked for is cut into the longer runs, which are rarer; the shorter ones are for short words. */
const SHORT = 3;
const LONG = 4;
const [LEAST_WORDS, MOST_WORDS] = [2 ** 6, 2 ** 14];
/** So many words for each character of a block. */
const WORDS_A_CHARACTER = 3;
/** Stands around an author's name, so that it is no part of what is said. */
const MARK = '\u0001';

/** The signature of all that a search may find in these messages, which are those of a shard in their order. */
export function signatureOf(entries: readonly Entry[]): Signature {
  const texts = entries.map(({ folded: { current } }) => [
    foldCase(current.text),
    foldCase(`${MARK}${current.author}${MARK}`),
  ]);
  const characters = texts.flat().reduce((sum, text) => sum + text.length, 0);
  const wanted = (characters / BLOCKS) * WORDS_A_CHARACTER;
  const signature = new Uint32Array(clamp(Math.ceil(wanted), LEAST_WORDS, MOST_WORDS));
  for (const [index, [text = '', author = '']] of texts.entries()) {
    const bit = bitOf(index, texts.length);
    addRuns(signature, text, bit);
    addRuns(signature, author, bit);
  }
  return signature;
}

/** Notes all runs of a text. Each character is looked at once, since this is most of the work of writing a shard. */
function addRuns(signature: Signature, text: string, bit: number): void {
  let a = 0;
  let b = 0;
  let c = 0;
  for (let index = 0; index < text.length; index += 1) {
    const d = text.charCodeAt(index);
    if (index >= SHORT - 1) add(signature, hashOfThree(b, c, d), bit);
    if (index >= LONG - 1) add(signature, hashOfFour(a, b, c, d), bit);
    a = b;
    b = c;
    c = d;
  }
}

function add(signature: Signature, run: number, bit: number): void {
  const word = wordOf(signature, run);
  signature[word] = (signature[word] as number) | bit;
}

/** The runs that a message must hold to pass a filter; none where they say nothing. */
export function runsOf(filter: Filter): readonly number[] {
  const runs = new Set<number>();
  const need = (text: string) => {
    for (const run of runsIn(text, text.length < LONG ? SHORT : LONG)) runs.add(run);
  };
  for (const { kind, value, exclude } of filter.terms) {
    if (exclude || typeof value === 'number') continue;
    if (kind === 'text') need(value);
    if (kind === 'tag') need(startOfTag(value));
    if (kind === 'from') need(`${MARK}${value}${MARK}`);
  }
  if (filter.tag !== undefined) need(startOfTag(foldCase(filter.tag)));
  if (filter.author !== undefined) need(foldCase(`${MARK}${filter.author}${MARK}`));
  return [...runs];
}

/** A tag but for its last letter, which an accent after it may have made another one in the text. */
const startOfTag = (tag: string): string => `#${tag}`.slice(0, -1);

/** Whether the message at a place among so many of a shard is in one of some blocks. */
export const isIn = (blocks: number, index: number, count: number): boolean =>
  (blocks & bitOf(index, count)) !== 0;

/** The blocks that may hold all of some runs, a bit for each; 0 where none may. */
export function blocksWith(signature: Signature, runs: readonly number[]): number {
  let blocks = ~0;
  for (const run of runs) blocks &= signature[wordOf(signature, run)] ?? 0;
  return blocks;
}

/** The bit of the block that a message is in. */
const bitOf = (index: number, count: number): number => 1 << Math.floor((index * BLOCKS) / count);

// A run is 16 bits and a signature no longer than 2 ** 14, so that their product is a small integer.
const wordOf = (signature: Signature, run: number): number => (run * signature.length) >>> 16;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The runs of one length in a text. */
function runsIn(text: string, length: typeof SHORT | typeof LONG): number[] {
  const runs: number[] = [];
  for (let at = 0; at + length <= text.length; at += 1) {
    const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    runs.push(length === SHORT ? hashOfThree(a, b, c) : hashOfFour(a, b, c, text.charCodeAt(at + 3)));
  }
  return runs;
}

const hashOfThree = (a: number, b: number, c: number): number =>
  spread(Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca6b) + Math.imul(c, 0xc2b2ae35));

const hashOfFour = (a: number, b: number, c: number, d: number): number =>
  spread(
    Math.imul(a, 0x27d4eb2f) + Math.imul(b, 0x165667b1) + Math.imul(c, 0x9e3779b1) + Math.imul(d, 0x85ebca6b),
  );

/** Sixteen bits that each hang on all of a sum's, as MurmurHash3 ends: with less, some words led to a third of all blocks. */
function spread(sum: number): number {
  let mixed = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 16;
}
