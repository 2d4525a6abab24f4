import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ifExists } from '../../async/if-exists.ts';
import { KeyedMutex } from '../../async/mutex.ts';
import { type FileFacts, FileProbe } from '../../domain/media/probe.ts';
import { GitError } from '../../git/run.ts';
import { versionOf } from './uploads.ts';

/** A file on this disk, with what was found out from its bytes. */
export interface LocalFile {
  readonly path: string;
  readonly facts: FileFacts;
}

interface Copy {
  readonly file: LocalFile;
  readonly version: string;
}

/** The size limit for all copies together, in bytes. The least recently used ones go first. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Copies of files from the clones, so part of a file can be sent without reading it from git each time. Each is
 * checked against its hash when it is made. They are deleted when the process ends.
 */
export class Copies {
  readonly #folder: string;
  readonly #locks = new KeyedMutex();
  readonly #known = new Map<string, Copy>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<Copies> {
    await rm(folder, { recursive: true, force: true });
    return new Copies(folder);
  }

  /**
   * A copy of a file, made now if there is none, or none any more as it was made. `undefined` if no source has bytes
   * with that hash.
   *
   * @param sources the bytes of the file, from one place after the other
   */
  get(sha256: string, sources: () => AsyncIterable<AsyncIterable<Buffer>>): Promise<LocalFile | undefined> {
    return this.#locks.run(sha256, async () => {
      const known = this.#known.get(sha256);
      if (known && (await versionAt(known.file.path)) === known.version) return this.#note(known);
      this.#known.delete(sha256);
      for await (const source of sources()) {
        const made = await this.#make(sha256, source);
        if (made) return this.#note(made);
      }
      return undefined;
    });
  }

  async #make(sha256: string, source: AsyncIterable<Buffer>): Promise<Copy | undefined> {
    const path = join(this.#folder, sha256);
    const [partly, probe] = [`${path}.part`, new FileProbe()];
    const look = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        probe.take(chunk);
        next(null, chunk);
      },
    });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    try {
      await pipeline(Readable.from(source), look, createWriteStream(partly, { mode: 0o600 }));
      const facts = probe.facts();
      if (facts.sha256 !== sha256) return undefined;
      await rename(partly, path);
      const version = await versionAt(path);
      return version === undefined ? undefined : { file: { path, facts }, version };
    } catch (error) {
      // Another clone may have it intact. If the disk is full, trying another clone makes no sense.
      if (error instanceof GitError) return undefined;
      throw error;
    } finally {
      await rm(partly, { force: true });
    }
  }

  async #note(copy: Copy): Promise<LocalFile> {
    this.#known.delete(copy.file.facts.sha256);
    this.#known.set(copy.file.facts.sha256, copy);
    let bytes = [...this.#known.values()].reduce((sum, { file }) => sum + file.facts.size, 0);
    for (const old of this.#known.values()) {
      if (bytes <= MOST_BYTES || old === copy) break;
      const { path, facts } = old.file;
      bytes -= facts.size;
      this.#known.delete(facts.sha256);
      await rm(path, { force: true }).catch(() => undefined);
    }
    return copy.file;
  }
}

async function versionAt(path: string): Promise<string | undefined> {
  const found = await ifExists(stat(path));
  return found && versionOf(found);
}
