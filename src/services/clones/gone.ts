import type { Trouble } from '../../domain/repository.ts';
import type { GitContext } from '../../git/run.ts';

/** The folder of a clone is not there any more; what was in it and on no remote is wherever the folder went. */
export const goneTrouble = ({ directory }: GitContext): Trouble => ({
  status: 'failed',
  detail: `The clone ${directory} is gone: its folder was deleted or moved while the program ran.`,
  action:
    'Put the folder back; nothing else is needed then. Where it is lost, start gitpost again: it makes the clone anew from the remote, with all that was pushed.',
});
