import { type Filter, foldCase } from '../domain/query.ts';
import type { Entry } from './entry.ts';

/**
 * Which runs of three characters the messages of a shard hold: one bit for each, by its hash. A search passes over every
 * shard that lacks one of its own. A bit can stand for several runs, so a shard may be read for nothing, and none is
 * passed over that holds what is looked for.
 */
export type Signature = Uint8Array;

const RUN = 3;
/** So many bits for each run that there is: about one in eight is set, then. */
const BITS_A_RUN = 8;
const [LEAST_BITS, MOST_BITS] = [2 ** 10, 2 ** 20];
/** Stands around an author's name, so that it is no part of what is said. */
const MARK = '\u0001';

/** The signature of all that a search may find in these messages. */
export function signatureOf(entries: readonly Entry[]): Signature {
  const runs = new Set<number>();
  for (const { folded } of entries) {
    const { text, author } = folded.current;
    addRuns(runs, foldCase(text));
    addRuns(runs, foldCase(`${MARK}${author}${MARK}`));
  }
  let bits = LEAST_BITS;
  while (bits < runs.size * BITS_A_RUN && bits < MOST_BITS) bits *= 2;
  const signature = new Uint8Array(bits / 8);
  for (const run of runs) set(signature, run);
  return signature;
}

/** The runs that a message must hold to pass a filter; none where they say nothing. */
export function runsOf(filter: Filter): readonly number[] {
  const runs = new Set<number>();
  for (const { kind, value, exclude } of filter.terms) {
    if (exclude || typeof value === 'number') continue;
    if (kind === 'text') addRuns(runs, value);
    if (kind === 'tag') addRuns(runs, startOfTag(value));
    if (kind === 'from') addRuns(runs, `${MARK}${value}${MARK}`);
  }
  if (filter.tag !== undefined) addRuns(runs, startOfTag(foldCase(filter.tag)));
  if (filter.author !== undefined) addRuns(runs, foldCase(`${MARK}${filter.author}${MARK}`));
  return [...runs];
}

/** A tag but for its last letter, which an accent after it may have made another one in the text. */
const startOfTag = (tag: string): string => `#${tag}`.slice(0, -1);

/** Whether messages with a signature may hold all of some runs. */
export const mayHold = (signature: Signature, runs: readonly number[]): boolean =>
  runs.every((run) => has(signature, run));

function addRuns(runs: Set<number>, text: string): void {
  for (let index = 0; index + RUN <= text.length; index += 1) {
    const [a, b, c] = [text.charCodeAt(index), text.charCodeAt(index + 1), text.charCodeAt(index + 2)];
    runs.add(hash(a, b, c));
  }
}

function hash(a: number, b: number, c: number): number {
  let mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b), 0xc2b2ae35);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0x27d4eb2f) >>> 12;
}

/** The signature's size is a power of two, so that a smaller one takes the lower bits of the same hash. */
function set(signature: Signature, run: number): void {
  const bit = run & (signature.length * 8 - 1);
  signature[bit >> 3] = (signature[bit >> 3] ?? 0) | (1 << (bit & 7));
}

function has(signature: Signature, run: number): boolean {
  const bit = run & (signature.length * 8 - 1);
  return ((signature[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}
