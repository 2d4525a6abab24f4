// The script of a thread that reads parts of a repository's journals: each message is a part, each answer what it came to.
import { parentPort, workerData } from 'node:worker_threads';
import { BlobReader } from '../../../git/blobs.ts';
import type { GitContext } from '../../../git/run.ts';
import type { Part } from './day-batches.ts';
import { fillPart } from './fill-part.ts';

/** What such a thread is started with. */
export interface ThreadData {
  readonly git: GitContext;
  readonly repository: string;
  readonly directory: string;
}

/** What it is asked for: a part, and a name for what it writes. Where there is nothing more to ask for, it is sent `null`. */
export interface ThreadTask {
  readonly part: Part;
  readonly name: string;
}

const { git, repository, directory } = workerData as ThreadData;
const blobs = new BlobReader(git);

parentPort?.on('message', (task: ThreadTask | null) => {
  if (task) return work(task);
  // It ends by itself once its git has.
  blobs.close();
  parentPort?.close();
});

function work({ part, name }: ThreadTask): void {
  fillPart({ repository, blobs, directory }, part, name).then(
    (filled) => parentPort?.postMessage(filled),
    // Whatever a person's settings say of failed promises, this one ends the thread.
    (error: unknown) =>
      setImmediate(() => {
        throw error;
      }),
  );
}
