import type { Covered } from './covered.ts';
import type { Entry } from './entry.ts';
import { Snapshot } from './files/snapshot.ts';

/** The mirror as its files have it at one moment, for who may not open it: nothing is changed. */
export interface StoredMirror {
  readonly covered: (repository: string) => Covered | undefined;
  readonly countIn: (repository: string) => number;
  /** All entries, newest first; throws {@link MirrorBroken} if a file is gone since. */
  readonly walk: () => AsyncGenerator<readonly Entry[]>;
}

/** Reads what the files say; `undefined` if they are not all there. */
export async function readStored(directory: string): Promise<StoredMirror | undefined> {
  const snapshot = new Snapshot(directory);
  const state = await snapshot.readState();
  if (!state) return undefined;
  return {
    covered: (repository) => state.repositories[repository],
    countIn: (repository) => state.counts[repository] ?? 0,
    walk: async function* () {
      // The newest first: they are the ones that are soonest replaced under a reader.
      for (const shard of state.shards.toReversed()) yield await snapshot.readShard(shard);
    },
  };
}
