import type { Snapshot } from './files/snapshot.ts';
import { FIRST, type Slot, Timeline } from './timeline.ts';

/**
 * Reads the state of the mirror, and where each message is, from its files; `undefined` if they are not complete.
 * The messages themselves are only read on demand, except those of shards written after the index of ids.
 */
export async function loadMirror(snapshot: Snapshot) {
  const state = await snapshot.readState();
  const index = state && (await snapshot.readIds(state.idsFlush));
  if (!state || !index) return undefined;
  const slots = state.shards.map(({ number, written, from }): Slot => {
    return { number, written, from: from ?? FIRST, changed: false, shard: undefined };
  });
  for (const slot of slots) {
    if (slot.written <= state.idsFlush) continue;
    const entries = await snapshot.readShard(slot).catch(() => undefined);
    if (!entries) return undefined;
    for (const { id } of entries) index.set(id, slot.number);
  }
  return { state, timeline: new Timeline(slots, index) };
}
