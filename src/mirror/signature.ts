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
const [SHORT, LONG] = [3, 4];
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
    const note = (run: number) => {
      const word = wordOf(signature, run);
      signature[word] = (signature[word] ?? 0) | bit;
    };
    for (const length of [SHORT, LONG]) {
      eachRun(text, length, note);
      eachRun(author, length, note);
    }
  }
  return signature;
}

/** The runs that a message must hold to pass a filter; none where they say nothing. */
export function runsOf(filter: Filter): readonly number[] {
  const runs = new Set<number>();
  const need = (text: string) => eachRun(text, text.length < LONG ? SHORT : LONG, (run) => runs.add(run));
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

/** The messages of a shard, in their order, that may hold all of some runs. */
export function likely(
  entries: readonly Entry[],
  signature: Signature,
  runs: readonly number[],
): readonly Entry[] {
  const blocks = blocksWith(signature, runs);
  return entries.filter((_, index) => (blocks & bitOf(index, entries.length)) !== 0);
}

/** The blocks that may hold all of some runs, a bit for each; 0 where none may. */
export function blocksWith(signature: Signature, runs: readonly number[]): number {
  let blocks = ~0;
  for (const run of runs) blocks &= signature[wordOf(signature, run)] ?? 0;
  return blocks;
}

/** The bit of the block that a message is in. */
const bitOf = (index: number, count: number): number => 1 << Math.floor((index * BLOCKS) / count);

const wordOf = (signature: Signature, run: number): number => run % signature.length;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

function eachRun(text: string, length: number, note: (run: number) => void): void {
  for (let index = 0; index + length <= text.length; index += 1) note(hash(text, index, length));
}

function hash(text: string, from: number, length: number): number {
  let mixed = length;
  for (let index = from; index < from + length; index += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return Math.imul(mixed, 0x27d4eb2f) >>> 8;
}
