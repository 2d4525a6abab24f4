import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Attachment, cleanFileName, MOST_ATTACHMENTS, toAttachment } from '../../domain/attachment.ts';
import type { FileFacts } from '../../domain/media/probe.ts';
import { ok, type Result } from '../../domain/result.ts';
import { secretsIn } from '../../domain/secrets.ts';
import { examine, type FileProblem } from '../../import/examine.ts';
import { lastPartOf } from '../../import/file-finder.ts';
import type { FileContent } from '../../import/files.ts';
import type { MessageFile, Skipped } from '../../import/message.ts';
import { shortly } from '../../import/values.ts';
import type { Line } from '../../journal/line.ts';
import { type Attachments, notNow } from '../attachments/attachments.ts';

/** The files of one message, and which were left out. */
export interface FoundFiles {
  readonly attachments: readonly Attachment[];
  readonly notes: readonly Skipped[];
}

export interface ImportFilesOptions {
  /** The size limit for a file, in bytes. */
  readonly most: number;
  /** Whether text files that seem to contain a credential are left out. */
  readonly guardsSecrets: boolean;
}

/**
 * Adds the files of an export to the uploads, so lines can name them. The limits are those of an upload. There is one
 * instance per reading of an export, and each file is read only once, however many messages name it.
 */
export class ImportFiles {
  readonly #attachments: Attachments;
  readonly #options: ImportFilesOptions;
  /** The result for each file that was read. */
  readonly #seen = new WeakMap<FileContent, FileFacts | FileProblem>();
  readonly #kept = new WeakSet<FileContent>();
  /** The hashes whose bytes were not found anywhere. */
  readonly #missing = new Set<string>();

  constructor(attachments: Attachments, options: ImportFilesOptions) {
    this.#attachments = attachments;
    this.#options = options;
  }

  /** Examines the files of a message without storing anything. */
  async examine(files: readonly MessageFile[]): Promise<FoundFiles> {
    const found = await this.#gather(files, async (content) => ok(await this.#examine(content)));
    return found.ok ? found.value : { attachments: [], notes: [] };
  }

  /**
   * Examines the files of a message and stores each until the message is committed.
   *
   * @param known hashes of files that need not be stored, since revisions of the message name them
   */
  take(files: readonly MessageFile[], known: ReadonlySet<string>): Promise<Result<FoundFiles>> {
    return this.#gather(files, async (content) => {
      if (known.size === 0) return this.keep(content);
      const facts = await this.#examine(content);
      return typeof facts === 'string' || known.has(facts.sha256) ? ok(facts) : this.keep(content);
    });
  }

  /** Stores a file, if it can be accepted. `unavailable` if the disk does not allow it. */
  async keep(content: FileContent): Promise<Result<FileFacts | FileProblem>> {
    const seen = this.#seen.get(content);
    if (seen && (typeof seen === 'string' || this.#kept.has(content))) return ok(seen);
    const path = join(this.#attachments.incoming, randomUUID());
    try {
      await mkdir(this.#attachments.incoming, { recursive: true, mode: 0o700 });
      const facts = await this.#write(content, path);
      this.#seen.set(content, facts);
      if (typeof facts === 'string') return ok(facts);
      const kept = await this.#attachments.keep(path, facts, undefined);
      if (!kept.ok) return kept;
      this.#kept.add(content);
      return ok(facts);
    } catch (error) {
      return notNow(error);
    } finally {
      await rm(path, { force: true });
    }
  }

  async #examine(content: FileContent): Promise<FileFacts | FileProblem> {
    const seen = this.#seen.get(content);
    if (seen) return seen;
    const facts = await examine(content, this.#options);
    this.#seen.set(content, facts);
    return facts;
  }

  async #write(content: FileContent, path: string): Promise<FileFacts | FileProblem> {
    const handle = await open(path, 'wx', 0o600);
    try {
      const facts = await examine(content, { ...this.#options, take: (chunk) => handle.writeFile(chunk) });
      await handle.sync();
      return facts;
    } finally {
      await handle.close();
    }
  }

  /**
   * Examines the files of a journal line. Their bytes must match the hashes in the line.
   *
   * @param task whether they are stored as well
   */
  async ofLine(
    { attachments = [] }: Line,
    contents: ReadonlyMap<string, FileContent>,
    task: 'check' | 'keep',
  ): Promise<Result<{ readonly notes: readonly Skipped[]; readonly files: number }>> {
    const notes: Skipped[] = [];
    for (const { sha256, name } of attachments) {
      const content = contents.get(sha256);
      if (content) {
        const read = task === 'keep' ? await this.keep(content) : ok(await this.#examine(content));
        if (!read.ok) return read;
        if (typeof read.value === 'string') notes.push(left(read.value, name));
        else if (read.value.sha256 !== sha256) notes.push(left('file-damaged', name));
      } else if (await this.#isMissing(sha256)) notes.push(left('file-not-in-export', name));
    }
    return ok({ notes, files: attachments.length - notes.length });
  }

  async #isMissing(sha256: string): Promise<boolean> {
    if (this.#missing.has(sha256)) return true;
    if (await this.#attachments.find(sha256)) return false;
    if (this.#missing.size >= MOST_MISSING) this.#missing.clear();
    this.#missing.add(sha256);
    return true;
  }

  async #gather(
    files: readonly MessageFile[],
    read: (content: FileContent) => Promise<Result<FileFacts | FileProblem>>,
  ): Promise<Result<FoundFiles>> {
    const attachments = new Map<string, Attachment>();
    const notes: Skipped[] = [];
    for (const { name, content } of files) {
      if (!content) notes.push(left('file-not-in-export', name));
      else if (attachments.size >= MOST_ATTACHMENTS) notes.push(left('too-many-files', name));
      else {
        const facts = await read(content);
        if (!facts.ok) return facts;
        if (typeof facts.value === 'string') notes.push(left(facts.value, name));
        else if (!attachments.has(facts.value.sha256))
          attachments.set(facts.value.sha256, toAttachment(facts.value, cleanFileName(lastPartOf(name))));
      }
    }
    return ok({ attachments: [...attachments.values()], notes });
  }
}

const MOST_MISSING = 10_000;

const left = (skipped: FileProblem | 'file-not-in-export' | 'too-many-files', name: string): Skipped => ({
  skipped,
  example: secretsIn(name).length > 0 ? '…' : shortly(name),
});
