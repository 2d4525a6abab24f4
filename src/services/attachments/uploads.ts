import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ifExists } from '../../async/if-exists.ts';
import { type Attachment, readAttachments, SHA256 } from '../../domain/attachment.ts';

/** An upload that no message names within this time is dropped. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * Files that were uploaded and not necessarily named by a message yet. Each is stored under its hash, with a JSON
 * file next to it. A file stays here for a day; once a message names it, a commit has it.
 */
export class Uploads {
  readonly #folder: string;
  readonly #clock: () => Date;
  /** The files whose bytes were checked against their hash, with their version at that time. */
  readonly #whole = new Map<string, string>();

  private constructor(folder: string, clock: () => Date) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Opens the folder, and drops what an earlier process did not finish receiving. */
  static async open(folder: string, clock: () => Date): Promise<Uploads> {
    const uploads = new Uploads(folder, clock);
    await rm(uploads.incoming, { recursive: true, force: true });
    await uploads.dropOld();
    return uploads;
  }

  /** The folder for files that are being received. */
  get incoming(): string {
    return join(this.#folder, 'incoming');
  }

  /**
   * Takes over a file that was received and is already safe on this disk. Resolves when it will be found even after a
   * crash.
   */
  async keep(received: string, attachment: Attachment): Promise<void> {
    const path = this.#pathOf(attachment.sha256);
    const notes = `${received}.json`;
    await writeFile(notes, JSON.stringify(attachment), { mode: 0o600, flush: true });
    // The JSON comes first, since a file without it would have no name.
    await rename(notes, `${path}.json`);
    await rename(received, path);
    await syncFolder(this.#folder);
    await this.use(attachment.sha256);
  }

  /**
   * The path of a file, if it is here and intact. A file that was damaged on this disk is dropped, so it can be
   * uploaded again.
   */
  async find(sha256: string): Promise<string | undefined> {
    const path = this.#pathOf(sha256);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    if (this.#whole.get(sha256) === versionOf(found)) return path;
    if ((await ifExists(hashOf(path))) === sha256) {
      if (this.#whole.size >= MOST_KNOWN) this.#whole.clear();
      this.#whole.set(sha256, versionOf(found));
      return path;
    }
    // If it was uploaded again in the meantime, it is a different file and stays.
    const now = await stat(path).catch(() => undefined);
    if (now && versionOf(now) !== versionOf(found)) return this.find(sha256);
    await rm(path, { force: true });
    return undefined;
  }

  /** What is known about a file. */
  async read(sha256: string): Promise<Attachment | undefined> {
    if ((await this.find(sha256)) === undefined) return undefined;
    const notes = await readFile(`${this.#pathOf(sha256)}.json`, 'utf8').catch(() => '');
    const [attachment] = readAttachments([parse(notes)]);
    return attachment?.sha256 === sha256 ? attachment : undefined;
  }

  /** Keeps a file for another day. */
  async use(sha256: string): Promise<void> {
    const now = this.#clock();
    const path = this.#pathOf(sha256);
    const before = await stat(path).catch(() => undefined);
    await Promise.all([path, `${path}.json`].map((one) => utimes(one, now, now).catch(() => undefined)));
    // A new timestamp alone does not make it a different version.
    if (before === undefined || this.#whole.get(sha256) !== versionOf(before)) return;
    const after = await ifExists(stat(path));
    if (after) this.#whole.set(sha256, versionOf({ ...before, mtimeMs: after.mtimeMs }));
  }

  /** Drops the files that were not used for a day. */
  async dropOld(): Promise<void> {
    const limit = this.#clock().getTime() - KEPT_MS;
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (!SHA256.test(name.replace(/\.json$/, ''))) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && found.mtimeMs < limit) await rm(path, { force: true });
    }
  }

  #pathOf(sha256: string): string {
    return join(this.#folder, sha256);
  }
}

const MOST_KNOWN = 10_000;

/** What would differ if anything else had written to a file. */
export const versionOf = ({ ino, size, mtimeMs }: Pick<Stats, 'ino' | 'size' | 'mtimeMs'>): string =>
  `${ino} ${size} ${mtimeMs}`;

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Makes the names in a folder durable. Some systems cannot open a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
