import type { Entry } from '../entry.ts';
import type { Snapshot } from '../files/snapshot.ts';
import type { Slot } from '../timeline.ts';
import type { Likely } from './json-prefilter.ts';
import { countOf, isAmong, type Needs, partsWith, type Signature } from './ngram-filter.ts';
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
 * signature. `undefined` if the whole slot has to be read.
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
  const signature = isChanged() ? null : await signatureIn(slot, snapshot);
  // If it was changed or written in the meantime, the signature belongs to an older content.
  if (signature === null || slot.signature !== signature || isChanged()) return undefined;
  const parts = partsWith(signature, needs);
  if (parts === 0) return [];
  if (countOf(parts) >= MANY_PARTS) return undefined;
  const isWanted = (part: number): boolean => isAmong(parts, part);
  if (!slot.shard) return snapshot.readSome(slot, isWanted, isLikely);
  return slot.shard.entries().filter((_, index, { length }) => isWanted(partOf(index, length)));
}

/** The signature written with a slot; `null` if there is none. */
async function signatureIn(slot: Slot, snapshot: Snapshot): Promise<Signature | null> {
  if (slot.signature !== undefined) return slot.signature;
  const { written } = slot;
  const signature = await snapshot.readSignature(slot);
  if (slot.written !== written) return null;
  // Two searches may have read it at the same time.
  slot.signature ??= signature;
  return slot.signature;
}
