import type { Trouble } from '../domain/repository.ts';
import { incarnationOf } from '../git/clone.ts';
import type { GitContext } from '../git/run.ts';
import type { Clone } from './clone.ts';

/** `gone` if there is no clone any more, or only a part of it; `other` if another one has taken its place. */
export type Presence = 'here' | 'gone' | 'other';

/** Whether a clone that was opened is still the one in its folder: a person may move, delete and replace it at any time. */
export async function presenceOf({ git, incarnation }: Clone): Promise<Presence> {
  const found = await incarnationOf(git);
  if (found === undefined) return 'gone';
  return found === incarnation ? 'here' : 'other';
}

/** Ends the git processes that stay running: they would work in a folder that is not the clone's any more. */
export function endStaying(clone: Clone): void {
  for (const stays of [clone.importer, clone.mover, clone.blobs]) void stays.close();
}

/** The folder of a clone is not there any more; anything in it that is on no remote is wherever the folder went. */
export const goneTrouble = ({ directory }: GitContext): Trouble => ({
  status: 'failed',
  detail: `The clone ${directory} is gone: its folder, or a part of it, was deleted or moved while the program ran.`,
  action:
    'Put the folder back; that is all it needs. If it is lost, start gitpost again: it makes a new clone from the remote, with everything that was pushed.',
});

/** Another clone is in the folder, and is being opened. */
export const replacedTrouble = ({ directory }: GitContext): Trouble => ({
  status: 'failed',
  detail: `Another clone has taken the place of ${directory} and is being read.`,
  action: 'Try again in a moment.',
});
