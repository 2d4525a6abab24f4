import type { Trouble } from '../domain/repository.ts';
import { incarnationOf } from '../git/clone.ts';
import type { GitContext } from '../git/run.ts';
import type { Clone } from './clone.ts';

/** `gone` if the clone no longer exists, or only in part; `other` if another one has taken its place. */
export type Presence = 'here' | 'gone' | 'other';

/** Whether an opened clone is still the one in its folder. A person may move, delete or replace it at any time. */
export async function presenceOf({ git, incarnation }: Clone): Promise<Presence> {
  const found = await incarnationOf(git);
  if (found === undefined) return 'gone';
  return found === incarnation ? 'here' : 'other';
}

/** Ends the long-lived git processes, which would work in a folder that is no longer the clone's. */
export function endStaying(clone: Clone): void {
  for (const stays of [clone.importer, clone.mover, clone.blobs]) void stays.close();
}

/** The clone's folder no longer exists. Anything in it that is on no remote is wherever the folder went. */
export const goneTrouble = ({ directory }: GitContext): Trouble => ({
  status: 'failed',
  detail: `The clone ${directory} is gone: its folder, or a part of it, was deleted or moved while the program ran.`,
  action:
    'Put the folder back. Nothing else is needed. If it is lost, start gitpost again: it makes a new clone from the remote, with everything that was pushed.',
});

/** Another clone is in the folder and is being opened. */
export const replacedTrouble = ({ directory }: GitContext): Trouble => ({
  status: 'failed',
  detail: `Another clone has taken the place of ${directory} and is being read.`,
  action: 'Try again in a moment.',
});
