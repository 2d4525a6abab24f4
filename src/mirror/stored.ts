import type { Covered } from './covered.ts';
import type { Entry } from './entry.ts';
import { Snapshot } from './files/snapshot.ts';

/** The mirror as it is in its files at one moment, for processes that may not open it. Changes nothing. */
export interface StoredMirror {
  readonly covered: (repository: string) => Covered | undefined;
  readonly countIn: (repository: string) => number;
  /** All entries, newest first. Throws {@link MirrorBroken} if a file has disappeared since. */
  readonly walk: () => AsyncGenerator<readonly Entry[]>;
}

/** Reads the mirror from its files; `undefined` if they are not all there. */
export async function readStored(directory: string): Promise<StoredMirror | undefined> {
  const snapshot = new Snapshot(directory);
  const state = await snapshot.readState();
  if (!state) return undefined;
  return {
    covered: (repository) => state.repositories[repository],
    countIn: (repository) => state.counts[repository] ?? 0,
    walk: async function* () {
      // The newest come first, since they are the first to be replaced while we read.
      for (const shard of state.shards.toReversed()) yield await snapshot.readShard(shard);
    },
  };
}
