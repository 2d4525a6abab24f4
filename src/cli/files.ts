import { stat } from 'node:fs/promises';
import { reasonOf } from '../domain/file-trouble.ts';
import { misused } from './ending.ts';

/** Throws unless the path is a readable file. */
export async function checkFile(file: string, advice = 'a folder has to be packed first'): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    throw misused(`${file} cannot be read: ${reasonOf(found)}`);
  }
  if (found.isDirectory()) throw misused(`${file} is a folder. Give one file; ${advice}`);
}
