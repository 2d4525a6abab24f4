import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { localPath } from './address.ts';

/** What is in the folder that an address leads to; `elsewhere` if the address leads to another machine. */
export type RemoteFolder = 'elsewhere' | 'repository' | 'nothing' | 'absent';

export async function inspectRemoteFolder(url: string): Promise<RemoteFolder> {
  const path = localPath(url);
  if (path === undefined) return 'elsewhere';
  if (!(await mayBeThere(path))) return 'absent';
  const isRepository = (await mayBeThere(join(path, 'HEAD'))) || (await mayBeThere(join(path, '.git')));
  return isRepository ? 'repository' : 'nothing';
}

/** A path we have no permission to look at may still exist. */
const mayBeThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT' && code !== 'ENOTDIR',
  );
