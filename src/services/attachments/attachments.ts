import { createReadStream } from 'node:fs';
import { ifExists } from '../../async/if-exists.ts';
import {
  type Attachment,
  type AttachmentReference,
  cleanFileName,
  toAttachment,
} from '../../domain/attachment.ts';
import type { FileFacts } from '../../domain/media/probe.ts';
import { endingOf } from '../../domain/media/types.ts';
import { type FieldError, fail, ok, type Result } from '../../domain/result.ts';
import { SecretScan } from '../../domain/secret-scan.ts';
import { readBlob } from '../../git/files.ts';
import type { Database } from '../../mirror/database.ts';
import type { Entry } from '../../mirror/entry.ts';
import { findNaming, isNaming } from '../../mirror/search/naming.ts';
import type { RepositoryManager } from '../repositories.ts';
import type { Copies, LocalFile } from './copies.ts';
import type { Uploads } from './uploads.ts';

/** A file that a message names, as it is sent. */
export interface NamedFile extends LocalFile {
  readonly name: string;
}

const PIECE_BYTES = 256 * 1024;
/** How often a file is looked for that goes away while it is read. */
const TRIES = 3;
/** How many answers to "which message names this file?" are remembered. */
const MOST_REMEMBERED = 10_000;

/** The kinds of credentials in a file. The event loop gets a turn after each chunk. */
async function secretsInFile(path: string): Promise<ReadonlySet<string>> {
  const scan = new SecretScan();
  for await (const chunk of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>)
    scan.take(chunk);
  return scan.seen;
}

/**
 * The failure if the system cannot write or read a file, for example because the disk is full. Any other error is
 * rethrown.
 */
export function notNow(error: unknown) {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const detail = `The file cannot be stored at the moment (${message}). Nothing was lost; try again.`;
  return fail('unavailable', detail, { retryAfter: 5 });
}

/** The files of messages: stores them, finds them and serves them. */
export class Attachments {
  readonly #uploads: Uploads;
  readonly #copies: Copies;
  readonly #repositories: RepositoryManager;
  /** The message that named a file when it was last looked up. */
  readonly #naming = new Map<string, string>();

  constructor(uploads: Uploads, copies: Copies, repositories: RepositoryManager) {
    this.#uploads = uploads;
    this.#copies = copies;
    this.#repositories = repositories;
  }

  /** The folder for files that are being received. */
  get incoming(): string {
    return this.#uploads.incoming;
  }

  /** Stores a file that was received. Says whether it was already known. `unavailable` if the disk does not allow it. */
  async keep(
    received: string,
    facts: FileFacts,
    name: string | undefined,
  ): Promise<Result<{ readonly attachment: Attachment; readonly isKnown: boolean }>> {
    const attachment = toAttachment(facts, name ?? `file${endingOf(facts.type)}`);
    try {
      const isKnown = (await this.find(facts.sha256)) !== undefined;
      await this.#uploads.keep(received, attachment);
      return ok({ attachment, isKnown });
    } catch (error) {
      return notNow(error);
    }
  }

  /**
   * The details of the files that a request names, as they are stored in the message. `invalid` if one is unknown.
   *
   * @param before the files that the message has so far, which may no longer exist
   */
  async resolve(
    references: readonly AttachmentReference[],
    before: readonly Attachment[] = [],
  ): Promise<Result<readonly Attachment[]>> {
    const found: Attachment[] = [];
    const errors: FieldError[] = [];
    try {
      for (const { sha256, name } of references) {
        const known = before.find((one) => one.sha256 === sha256) ?? (await this.#describe(sha256));
        if (known) found.push(name === undefined ? known : { ...known, name });
        else
          errors.push({
            field: 'attachments',
            detail: `attachments has a file that is not known: ${sha256}`,
          });
      }
    } catch (error) {
      return notNow(error);
    }
    if (errors.length === 0) return ok(found);
    const what = errors.length === 1 ? 'A file is' : `${errors.length} files are`;
    const detail = `${what} not known here. Nothing was saved; upload it first (POST /attachments), and name it within a day.`;
    return fail('invalid', detail, { errors });
  }

  /**
   * A file that a message names, with its most recent name. `unknown-attachment` if no existing message names it.
   *
   * @param message the id of the message whose name for the file is preferred
   */
  async open(sha256: string, message?: string): Promise<Result<NamedFile>> {
    const name = await this.#nameOf(sha256, message);
    if (!name.ok) return name;
    if (name.value === undefined) return fail('unknown-attachment', 'No message has this file.');
    try {
      const file = await this.find(sha256);
      if (file) return ok({ ...file, name: name.value });
      return fail('unknown-attachment', 'A message names this file, and no clone has it.');
    } catch (error) {
      return notNow(error);
    }
  }

  /** Finds a file, whether it is among the uploads or in a clone. */
  async find(sha256: string): Promise<LocalFile | undefined> {
    const path = await this.#uploads.find(sha256);
    const facts = path === undefined ? undefined : await this.#uploads.read(sha256);
    if (path !== undefined && facts) return { path, facts };
    return this.#copies.get(sha256, () => this.#sources(sha256));
  }

  readonly findUpload = (sha256: string): Promise<string | undefined> => this.#uploads.find(sha256);

  readonly findAnywhere = async (sha256: string): Promise<string | undefined> =>
    (await this.find(sha256))?.path;

  /**
   * The kinds of credentials that these files seem to contain, as far as they are text. A file that is gone is left out: the
   * capture refuses it. `unavailable` if one cannot be read.
   */
  async secretsIn(attachments: readonly Attachment[]): Promise<Result<readonly string[]>> {
    const seen = new Set<string>();
    try {
      for (const { sha256 } of attachments) for (const kind of await this.#secretsOf(sha256)) seen.add(kind);
    } catch (error) {
      return notNow(error);
    }
    return ok([...seen]);
  }

  async #secretsOf(sha256: string): Promise<ReadonlySet<string>> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const file = await this.find(sha256);
      const secrets = file && (await ifExists(secretsInFile(file.path)));
      if (!file || secrets) return secrets ?? new Set();
      // One that goes away meanwhile may have a copy elsewhere.
    }
    return new Set();
  }

  /** Drops uploads that no message has named within a day. */
  dropOld(): Promise<void> {
    return this.#uploads.dropOld();
  }

  async *#sources(sha256: string): AsyncGenerator<AsyncIterable<Buffer>> {
    for (const repository of this.#repositories.list()) {
      const blob = await repository.findFile(sha256).catch(() => undefined);
      if (blob !== undefined) yield readBlob(repository.git, blob);
    }
  }

  async #describe(sha256: string): Promise<Attachment | undefined> {
    const uploaded = await this.#uploads.read(sha256);
    if (uploaded) {
      await this.#uploads.use(sha256);
      return uploaded;
    }
    const file = await this.find(sha256);
    if (!file) return undefined;
    const named = await this.#nameOf(sha256);
    const name = named.ok ? named.value : undefined;
    return toAttachment(file.facts, cleanFileName(name ?? `file${endingOf(file.facts.type)}`));
  }

  /** The most recent name of a file in the preferred message or, if that does not name it, in any existing message. */
  async #nameOf(sha256: string, preferred?: string): Promise<Result<string | undefined>> {
    const known = await this.#repositories.withMirror(
      async (mirror) => {
        const entry = preferred === undefined ? undefined : await mirror.read(preferred);
        return entry && isNaming(entry, sha256) ? nameIn(entry, sha256) : this.#lookUp(mirror, sha256);
      },
      () => false,
    );
    if (!known.ok || known.value !== undefined) return known;
    // It may be in a repository that could not be opened yet. In that case the answer is `unavailable`.
    return this.#repositories.withMirror(async () => undefined);
  }

  async #lookUp(mirror: Database, sha256: string): Promise<string | undefined> {
    const id = this.#naming.get(sha256);
    const last = id === undefined ? undefined : await mirror.read(id);
    const entry = last && isNaming(last, sha256) ? last : await findNaming(mirror, sha256);
    this.#naming.delete(sha256);
    if (!entry) return undefined;
    if (this.#naming.size >= MOST_REMEMBERED) this.#naming.clear();
    this.#naming.set(sha256, entry.id);
    return nameIn(entry, sha256);
  }
}

/** The name of a file in the last revision of a message that names it. */
function nameIn({ folded }: Entry, sha256: string): string | undefined {
  const files = folded.lines.toReversed().flatMap(({ attachments = [] }) => attachments);
  return files.find((file) => file.sha256 === sha256)?.name;
}
