import { stat } from 'node:fs/promises';
import { misused } from './ending.ts';

/** Throws unless the path is a readable file. */
export async function checkFile(file: string, advice = 'a folder has to be packed first'): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    const why = found.code === 'ENOENT' ? 'there is no such file' : found.message;
    throw misused(`${file} cannot be read: ${why}`);
  }
  if (found.isDirectory()) throw misused(`${file} is a folder. Give one file; ${advice}`);
}
