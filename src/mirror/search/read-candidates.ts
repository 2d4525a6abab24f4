import type { Entry } from '../entry.ts';
import type { Snapshot } from '../files/snapshot.ts';
import type { Slot } from '../timeline.ts';
import type { Likely } from './json-prefilter.ts';
import { countOf, isAmong, type Needs, type NgramFilter, partsWith } from './ngram-filter.ts';
import { partOf } from './parts.ts';

/** If this many parts of a shard are wanted, the whole shard is read and stays in memory. */
const MANY_PARTS = 12;

/** What is searched for, in a form that can be checked without reading or parsing everything. */
export interface Hints {
  readonly needs: Needs;
  readonly isLikely: Likely;
}

/**
 * The entries of a slot that may match. They are in the parts that may contain all n-grams, according to the
 * n-gram filter. `undefined` if the whole slot has to be read.
 *
 * @param isBeingWritten whether the file of a slot is being written
 */
export async function readCandidates(
  slot: Slot,
  { needs, isLikely }: Hints,
  snapshot: Snapshot,
  isBeingWritten: (slot: Slot) => boolean,
): Promise<readonly Entry[] | undefined> {
  const isChanged = (): boolean => slot.changed || isBeingWritten(slot);
  const ngramFilter = isChanged() ? null : await ngramFilterIn(slot, snapshot);
  // If it was changed or written in the meantime, the n-gram filter belongs to an older content.
  if (ngramFilter === null || slot.ngramFilter !== ngramFilter || isChanged()) return undefined;
  const parts = partsWith(ngramFilter, needs);
  if (parts === 0) return [];
  if (countOf(parts) >= MANY_PARTS) return undefined;
  const isWanted = (part: number): boolean => isAmong(parts, part);
  if (!slot.shard) return snapshot.readSome(slot, isWanted, isLikely);
  return slot.shard.entries().filter((_, index, { length }) => isWanted(partOf(index, length)));
}

/** The n-gram filter written with a slot; `null` if there is none. */
async function ngramFilterIn(slot: Slot, snapshot: Snapshot): Promise<NgramFilter | null> {
  if (slot.ngramFilter !== undefined) return slot.ngramFilter;
  const { written } = slot;
  const ngramFilter = await snapshot.readNgramFilter(slot);
  if (slot.written !== written) return null;
  // Two searches may have read it at the same time.
  slot.ngramFilter ??= ngramFilter;
  return slot.ngramFilter;
}
