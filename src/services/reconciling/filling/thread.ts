// The script of a thread that reads parts of a repository's journals: each message is a part, each answer what it came to.
import { parentPort, workerData } from 'node:worker_threads';
import { BlobReader } from '../../../git/blobs.ts';
import type { GitContext } from '../../../git/run.ts';
import { fillPart } from './fill-part.ts';
import type { Part } from './parts.ts';

/** What such a thread is started with. */
export interface ThreadData {
  readonly git: GitContext;
  readonly repository: string;
  readonly directory: string;
}

/** What it is asked for: a part, and a name for what it writes. */
export interface ThreadTask {
  readonly part: Part;
  readonly name: string;
}

const { git, repository, directory } = workerData as ThreadData;
const blobs = new BlobReader(git);

parentPort?.on('message', async ({ part, name }: ThreadTask) => {
  parentPort?.postMessage(await fillPart({ repository, blobs, directory }, part, name));
});
