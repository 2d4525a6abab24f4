// The script of a thread that reads parts of a repository's journals. Each message it gets is a part, and each answer
// is the result.
import { parentPort, workerData } from 'node:worker_threads';
import { BlobReader } from '../../../git/blobs.ts';
import type { GitContext } from '../../../git/run.ts';
import type { Part } from './day-batches.ts';
import { fillPart } from './fill-part.ts';

/** What such a thread is started with. */
export interface ThreadData {
  readonly git: Pick<GitContext, 'directory' | 'environment' | 'settings'>;
  readonly repository: string;
  readonly directory: string;
}

/** One request: a part, and a name for what is written. `null` is sent when there are no more requests. */
export interface ThreadTask {
  readonly part: Part;
  readonly name: string;
}

const { git, repository, directory } = workerData as ThreadData;
const blobs = new BlobReader(git);

parentPort?.on('message', (task: ThreadTask | null) => {
  if (task) return work(task);
  // The thread ends on its own once its git has ended.
  blobs.close();
  parentPort?.close();
});

function work({ part, name }: ThreadTask): void {
  fillPart({ repository, blobs, directory }, part, name).then(
    (filled) => parentPort?.postMessage(filled),
    // Whatever Node is configured to do about unhandled rejections, this one ends the thread.
    (error: unknown) =>
      setImmediate(() => {
        throw error;
      }),
  );
}
