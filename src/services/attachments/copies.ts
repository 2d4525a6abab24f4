import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KeyedMutex } from '../../async/mutex.ts';
import { type FileFacts, FileProbe } from '../../domain/media/probe.ts';
import { GitError } from '../../git/run.ts';

/** A file on this disk, with what was found out from its bytes. */
export interface LocalFile {
  readonly path: string;
  readonly facts: FileFacts;
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
  readonly #known = new Map<string, LocalFile>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<Copies> {
    await rm(folder, { recursive: true, force: true });
    return new Copies(folder);
  }

  /**
   * A copy of a file, made now if there is none; `undefined` if no source has bytes with that hash.
   *
   * @param sources the bytes of the file, from one place after the other
   */
  get(sha256: string, sources: () => AsyncIterable<AsyncIterable<Buffer>>): Promise<LocalFile | undefined> {
    return this.#locks.run(sha256, async () => {
      const known = this.#known.get(sha256);
      if (known) return this.#note(known);
      for await (const source of sources()) {
        const made = await this.#make(sha256, source);
        if (made) return this.#note(made);
      }
      return undefined;
    });
  }

  async #make(sha256: string, source: AsyncIterable<Buffer>): Promise<LocalFile | undefined> {
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
      return { path, facts };
    } catch (error) {
      // Another clone may have it intact. If the disk is full, trying another clone makes no sense.
      if (error instanceof GitError) return undefined;
      throw error;
    } finally {
      await rm(partly, { force: true });
    }
  }

  async #note(file: LocalFile): Promise<LocalFile> {
    this.#known.delete(file.facts.sha256);
    this.#known.set(file.facts.sha256, file);
    let bytes = [...this.#known.values()].reduce((sum, { facts }) => sum + facts.size, 0);
    for (const old of this.#known.values()) {
      if (bytes <= MOST_BYTES || old === file) break;
      bytes -= old.facts.size;
      this.#known.delete(old.facts.sha256);
      await rm(old.path, { force: true }).catch(() => undefined);
    }
    return file;
  }
}
