import type { SyncResult } from '../../contract/repository.ts';
import { isFailure, type Trouble } from '../../domain/repository.ts';
import { cleanLine } from '../../git/words.ts';
import type { Synced } from './sync.ts';

/** Converts the result of a sync to what the API reports. */
export function toResult(repository: string, synced: Synced, head: string | null): SyncResult {
  const { status, pushed, pulled, trouble } = synced;
  if (trouble && isFailure(status)) {
    return { repository, status, pushed, pulled, head, detail: trouble.detail, action: trouble.action };
  }
  return { repository, status, pushed, pulled, head, detail: describe(synced), action: 'Nothing to do.' };
}

function describe({ status, pushed, pulled }: Synced): string {
  const count = (number: number) => (number === 1 ? '1 message' : `${number} messages`);
  const came = pulled > 0 ? `, ${count(pulled)} came from it` : '';
  if (status === 'pushed' && pushed === 0) return `What was committed reached the remote${came}.`;
  if (status === 'pushed') return `${count(pushed)} reached the remote${came}.`;
  if (pulled > 0) return `${count(pulled)} came from the remote.`;
  return 'The remote has everything.';
}

/** A sync that failed and transferred nothing. */
export const failedSync = (trouble: Trouble): Synced => ({
  status: trouble.status,
  pushed: 0,
  pulled: 0,
  trouble,
});

/** The trouble reported after an unexpected error. The log has the details. */
export const surpriseTrouble = (error: unknown): Trouble => ({
  status: 'failed',
  detail: `Something unexpected went wrong: ${cleanLine((error as Error).message.split('\n')[0] ?? '')}`,
  action: 'Nothing is lost here: what was captured is committed. Try again; see the log for details.',
});
