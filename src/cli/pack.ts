import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { reasonOf } from '../domain/file-trouble.ts';
import { Ending, EXIT, misused } from './ending.ts';

/** Files that are worth compressing. Pictures and the like are already compressed. */
const TEXT = /\.(?:md|markdown|txt|json|jsonl|ndjson|log|html|mbox)$/i;
const MOST_FILES = 200_000;

/**
 * A folder or a single file as a zip, created while it is sent. Like a zip that a person would make, it has one
 * top-level folder with the same name. Hidden files and links are left out.
 */
export async function packed(given: string): Promise<Readable> {
  const path = await realpath(given);
  const isFolder = (await stat(path)).isDirectory();
  const names = isFolder ? await filesIn(path) : [basename(path)];
  if (names.length === 0) throw misused(`${given} is a folder with no files to import`);
  const root = isFolder ? path : dirname(path);
  const within = isFolder && basename(path) !== '' ? `${basename(path)}/` : '';
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error) => output.destroy(unreadable(error as Error)));
  for (const name of names)
    zip.addFile(join(root, name), `${within}${name}`, { compressionLevel: TEXT.test(name) ? 1 : 0 });
  zip.end();
  return output;
}

async function filesIn(folder: string, below = ''): Promise<string[]> {
  const names: string[] = [];
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) names.push(...(await filesIn(folder, name)));
    else if (entry.isFile()) names.push(name);
    if (names.length > MOST_FILES) throw misused(`${folder} holds more than ${MOST_FILES} files`);
  }
  return names;
}

const unreadable = (error: NodeJS.ErrnoException) =>
  new Ending(
    EXIT.failed,
    `The folder could not be read to its end: ${error.path ?? ''} ${reasonOf(error)}. Nothing was imported.`,
  );
