import { BlobReader } from '../../src/git/blobs.ts';
import { fillPart } from '../../src/repository/reconcile/bulk/fill-part.ts';
import type { Filler } from '../../src/repository/reconcile/bulk/filler.ts';

let written = 0;

/** Reads all journals in parts, however few they are, and without a thread, whose script only a build has. */
export const fillHere: Filler = {
  worth: 1,
  fill: async ({ git, repository, directory }, parts, onFilled, signal) => {
    const blobs = new BlobReader(git);
    try {
      for (const part of parts) {
        if (signal.aborted) return;
        written += 1;
        await onFilled(part, await fillPart({ repository, blobs, directory }, part, `here-${written}`));
      }
    } finally {
      blobs.close();
    }
  },
};
