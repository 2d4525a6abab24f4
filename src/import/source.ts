import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportFile, ExportSource } from './files.ts';
import { refuse } from './refusal.ts';
import { openZip } from './zip.ts';

/** How a zip begins: with an entry, or with its end record if it is empty. */
const ZIP_MARKS: ReadonlySet<string> = new Set(['504b0304', '504b0506']);
const MOST_FILES = 200_000;

/**
 * Opens an export. Throws a refusal if a zip is broken or hostile.
 *
 * @param name the original name of the file, if it is stored under another one
 */
export async function openSource(path: string, name = ''): Promise<ExportSource> {
  const found = await stat(path);
  if (found.isDirectory())
    return { files: await filesIn(path), isSingle: false, close: async () => undefined };
  if (found.size === 0) throw refuse('The file is empty. Nothing was imported.');
  if (await isZip(path)) return openZip(path);
  const file = {
    name,
    size: found.size,
    read: () => createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>,
  };
  return { files: [file], isSingle: true, close: async () => undefined };
}

async function isZip(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && ZIP_MARKS.has(buffer.toString('hex'));
  } finally {
    await handle.close();
  }
}

/** The files of a folder and its subfolders, sorted by path. Links are not followed. */
async function filesIn(folder: string, below = ''): Promise<ExportFile[]> {
  const files: ExportFile[] = [];
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesIn(folder, name)));
    if (files.length > MOST_FILES) throw refuse(`The folder holds more than ${MOST_FILES} files.`);
    if (!entry.isFile()) continue;
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path);
    files.push({
      name,
      size,
      modifiedAt: Math.floor(mtimeMs),
      read: () => createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>,
    });
  }
  return files;
}

/** The first bytes of a file. */
async function headOf(file: ExportFile, bytes = 1 << 16): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file.read()) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}

/** The beginning of a file as text, in the character set given by its byte order mark, or UTF-8. */
export async function headTextOf(file: ExportFile): Promise<string> {
  const head = await headOf(file);
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le').decode(head);
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be').decode(head);
  return new TextDecoder().decode(head);
}

/**
 * The files of an export that are in its format: a single file in any case, otherwise those whose name and beginning
 * match. The others may be attachments of messages.
 */
export async function* filesLike(
  { files, isSingle }: ExportSource,
  name: RegExp,
  isHead: (head: string) => boolean,
): AsyncGenerator<ExportFile> {
  for (const file of files)
    if (isSingle || (name.test(file.name) && isHead(await headTextOf(file)))) yield file;
}

/** A small file as a whole. Throws a refusal if it is larger than `most` bytes. */
export async function contentOf(file: ExportFile, most = 64 << 20): Promise<Buffer> {
  if (file.size > most) throw refuse(`${file.name} is larger than ${most >> 20} MiB. Nothing was imported.`);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file.read()) {
    length += chunk.length;
    if (length > most) throw refuse(`${file.name} is larger than ${most >> 20} MiB. Nothing was imported.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
