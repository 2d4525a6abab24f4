import { Mutex } from '../async/mutex.ts';
import type { Attachment } from '../domain/attachment.ts';
import { findAttachment, holdsFile, storeFile } from '../git/files.ts';
import type { StoredFile } from '../git/importer.ts';
import { attachmentPath } from '../journal/path.ts';
import type { Clone } from './clone.ts';

/** Finds a file by the hash of its bytes. Resolves to the path of a file on this disk that holds them. */
export type FindFile = (sha256: string) => Promise<string | undefined>;

/**
 * Stores the files that lines name as blobs of a clone before the lines are committed, so nobody else has to wait for
 * a large file. Until a commit names such a blob, it is garbage to git.
 */
export class LineFiles {
  readonly #clone: Clone;
  readonly #findUpload: FindFile;
  readonly #findAnywhere: FindFile;
  /** The blobs of files whose bytes were checked, by hash. */
  readonly #stored = new Map<string, string>();
  /** One file at a time, since a bulk request may name thousands. */
  readonly #storing = new Mutex();

  /**
   * @param findUpload finds a file among the uploads
   * @param findAnywhere finds it there or in any other clone
   */
  constructor(clone: Clone, findUpload: FindFile, findAnywhere: FindFile) {
    this.#clone = clone;
    this.#findUpload = findUpload;
    this.#findAnywhere = findAnywhere;
  }

  /**
   * Stores files as blobs. Those that are no longer found anywhere are left out.
   *
   * @param needed the hashes of the files without which the line must not be committed; throws a {@link MissingFile}
   *   for them
   */
  async store(
    attachments: readonly Attachment[],
    needed: ReadonlySet<string>,
  ): Promise<readonly StoredFile[]> {
    const files: StoredFile[] = [];
    for (const { sha256, type, name } of attachments) {
      const file = await this.#find(sha256, attachmentPath(sha256, type));
      if (file) files.push(file);
      else if (needed.has(sha256)) throw new MissingFile(name);
    }
    return files;
  }

  async #find(sha256: string, path: string): Promise<StoredFile | undefined> {
    const { blobs, git, tip } = this.#clone;
    const known = this.#stored.get(sha256);
    if (known !== undefined && (await blobs.sizeOf(known)) !== null) return { path, id: known };
    const uploaded = await this.#store(sha256, await this.#findUpload(sha256));
    if (uploaded !== undefined) return { path, id: uploaded };
    const present = tip === null ? undefined : await findAttachment(git, tip, sha256);
    // Someone may have committed different bytes under its name.
    if (present && (await holdsFile(git, present.id, sha256))) {
      this.#note(sha256, present.id);
      return present;
    }
    const copied = await this.#store(sha256, await this.#findAnywhere(sha256));
    return copied === undefined ? undefined : { path, id: copied };
  }

  async #store(sha256: string, file: string | undefined): Promise<string | undefined> {
    if (file === undefined) return undefined;
    const id = await this.#storing.run(() => storeFile(this.#clone.git, file, sha256));
    if (id !== undefined) this.#note(sha256, id);
    return id;
  }

  #note(sha256: string, id: string): void {
    if (this.#stored.size >= MOST_KNOWN) this.#stored.clear();
    this.#stored.set(sha256, id);
  }
}

/** A file that a new line names was damaged or removed since it was uploaded, and is not found anywhere else. */
export class MissingFile extends Error {
  constructor(name: string) {
    super(`The file "${name}" was damaged or removed on this disk since it was uploaded`);
  }
}

const MOST_KNOWN = 10_000;
