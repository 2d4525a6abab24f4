import { basename } from 'node:path';
import { capture } from '../acknowledged.ts';
import type { Device } from '../device.ts';
import { commitFile, git } from '../git.ts';
import type { Life } from '../take-step.ts';
import { whenClean } from '../when-clean.ts';

const FOLDERS = ['Messages', 'MESSAGES', 'messageS'] as const;

/**
 * Git takes upper and lower case for the same, as `git init` sets it on some disks, and there is a folder whose name
 * differs from ours in case only. The setting goes again, since a person's own git would mix up the folders by it.
 */
export async function confuseLetterCase(life: Life, on: Device, pick: number, text: string): Promise<void> {
  const [clone] = on.clones;
  const folder = FOLDERS[pick % FOLDERS.length] as string;
  const why = `With core.ignorecase and a folder ${folder}`;
  await whenClean(clone);
  await commitFile(clone, `${folder}/${basename(on.folder)}.txt`, text, `A folder of another case: ${text}`);
  await git(clone, 'config', 'core.ignorecase', 'true');
  await on.stop();
  await on.start();
  await capture(life.acknowledged, on, `${text}, in any case`, why);
  await whenClean(clone).finally(() => git(clone, 'config', '--unset', 'core.ignorecase'));
}
