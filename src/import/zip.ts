import { crc32 } from 'node:zlib';
import { openPromise, type ZipFile } from 'yauzl';
import type { ExportFile, ExportSource } from './files.ts';
import { refuse } from './refusal.ts';

const MOST_ENTRIES = 200_000;
/** The limit for all entries together when unpacked, in bytes, however small the zip is. */
const MOST_BYTES = 32 * 2 ** 30;
/** Chats compress to a tenth at best, a zip bomb to a thousandth. The allowance is for small files. */
const [MOST_RATIO, ALLOWANCE] = [200, 64 * 2 ** 20];

/** Extra fields of an entry that hold a time with its zone. */
const [UNIX_TIME, WINDOWS_TIME] = [0x5455, 0x000a];
const [TYPE_BITS, LINK] = [0o170000, 0o120000];

/**
 * Opens a zip whose entries are read in place. Nothing is unpacked to disk, so their names cannot lead anywhere.
 * Throws a refusal if it is broken or encrypted, contains links or paths that lead out of it, or would unpack to far
 * more than an export.
 */
export async function openZip(path: string): Promise<ExportSource> {
  const zip = await openPromise(path, { autoClose: false, strictFileNames: false }).catch(broken);
  try {
    return { files: await entriesOf(zip), isSingle: false, close: async () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function entriesOf(zip: ZipFile): Promise<ExportFile[]> {
  if (zip.entryCount > MOST_ENTRIES) throw refuse(`The zip holds more than ${MOST_ENTRIES} files.`);
  const files: ExportFile[] = [];
  let total = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName: name, uncompressedSize: size } = entry;
      if (name.endsWith('/')) continue;
      if (((entry.externalFileAttributes >>> 16) & TYPE_BITS) === LINK)
        throw refuse(`The zip holds a link (${shown(name)}), which no export has. Nothing was imported.`);
      if (entry.isEncrypted())
        throw refuse('The zip is protected by a password. Unpack it, zip it without one, and import that.');
      total += size;
      if (total > MOST_BYTES || total > ALLOWANCE + MOST_RATIO * zip.fileSize)
        throw refuse('The zip would unpack to far more than any export holds. Nothing was imported.');
      files.push({ name, size, ...modified(entry), read: () => readEntry(zip, entry, name) });
    }
  } catch (error) {
    if (
      error instanceof Error &&
      /^(invalid relative path|absolute path|invalid characters)/.test(error.message)
    )
      throw refuse(
        `The zip holds a path that leads out of it (${shown(error.message)}). Nothing was imported.`,
      );
    if (error instanceof Error && error.name === 'Refusal') throw error;
    broken(error);
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Entry = Parameters<ZipFile['openReadStreamPromise']>[0];

/** When an entry was last changed: exactly, if the zip says so, otherwise by a clock in an unknown zone. */
function modified(entry: Entry): Pick<ExportFile, 'modifiedAt' | 'modifiedLocal'> {
  const isExact = entry.extraFields.some(({ id }) => id === UNIX_TIME || id === WINDOWS_TIME);
  if (isExact) return { modifiedAt: entry.getLastModDate().getTime() };
  const local = entry.getLastModDate({ timezone: 'UTC', forceDosFormat: true });
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()];
  // A zip without a time has the earliest date that it can store.
  if (Number.isNaN(local.getTime()) || (year === 1980 && month === 1 && day === 1)) return {};
  const [hour, minute, second] = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()];
  return { modifiedLocal: { year, month, day, hour, minute, second } };
}

/** The library checks the length of an entry. Its checksum is checked here. */
async function* readEntry(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Buffer> {
  try {
    let checksum = 0;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
    if (checksum !== entry.crc32) throw new Error('its checksum does not match');
  } catch (error) {
    throw refuse(
      `${shown(name)} in the zip is damaged (${(error as Error).message}). Get the export again, and import that.`,
    );
  }
}

function broken(error: unknown): never {
  throw refuse(
    `The zip cannot be read (${shown((error as Error).message)}): it is damaged or was not copied to its end. Nothing was imported.`,
  );
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 200));
