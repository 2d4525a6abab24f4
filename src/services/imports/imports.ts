import type { ImportResult } from '../../contract/import.ts';
import { type Failure, fail, ok, type Result } from '../../domain/result.ts';
import { secretsIn } from '../../domain/secrets.ts';
import { isZone } from '../../domain/zone.ts';
import type { ExportSource } from '../../import/files.ts';
import { type FormatName, recognise } from '../../import/formats.ts';
import { refusalOf } from '../../import/refusal.ts';
import { openSource } from '../../import/source.ts';
import { shortly } from '../../import/values.ts';
import type { Line } from '../../journal/line.ts';
import type { Entry } from '../../mirror/entry.ts';
import type { Attachments } from '../attachments/attachments.ts';
import type { MessageReader } from '../message-reader.ts';
import type { Messages } from '../messages.ts';
import { ImportFiles } from './import-files.ts';
import { linesFor } from './lines-for.ts';
import { type ReadItem, type ReadLine, readExport } from './read-export.ts';
import type { ImportRequest, Progress, Scan } from './request.ts';
import { SeenIds } from './seen-ids.ts';
import { Summary } from './summary.ts';

const ITEMS_A_REPORT = 1000;
/** How many messages are being captured at the same time. */
const UNDER_WAY = 250;

export interface ImportsOptions {
  readonly messages: Messages;
  readonly reader: MessageReader;
  readonly attachments: Attachments;
  /** The size limit for a file of a message, in bytes. */
  readonly attachmentLimit: number;
  /** The author of notes whose export names none. */
  readonly author: string;
  /** Whether anything that looks like a credential is removed. */
  readonly secretGuard: boolean;
}

/** Imports exports of other programs. Each is read to its end first, so nothing of a broken one is written. */
export class Imports {
  readonly #options: ImportsOptions;
  #isUnderWay = false;

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /**
   * Reserves the only place there is: imports use memory and disk, and two of the same export would wait for each
   * other. Returns a function that releases it, or `undefined` if another import is running.
   */
  reserve(): (() => void) | undefined {
    if (this.#isUnderWay) return undefined;
    this.#isUnderWay = true;
    return () => {
      this.#isUnderWay = false;
    };
  }

  /**
   * Reads an export and counts what an import would do. Writes nothing. `import-ambiguous` if a time zone or the
   * order of day and month has to be given, `import-refused` if it is broken, `looks-secret` if journal lines, which
   * are kept exactly, look like credentials.
   *
   * @param report called every 1,000 messages
   * @param isWanted whether anyone is still waiting; if not, it stops
   */
  async scan(
    request: ImportRequest,
    report: (progress: Progress) => void = () => undefined,
    isWanted: () => boolean = () => true,
  ): Promise<Result<Scan>> {
    if (request.zone !== undefined && !isZone(request.zone)) return badZone(request.zone);
    return this.#withSource(request, async (source) => {
      const format = request.format === 'auto' ? await recognise(source) : request.format;
      const summary = new Summary();
      const seen = new SeenIds();
      const secrets: string[] = [];
      const files = this.#filesFor(request);
      for await (const item of this.#read(source, format, request, summary)) {
        if (!isWanted()) return nobodyWaits;
        if (summary.messages % ITEMS_A_REPORT === 0)
          report({ stage: 'reading', done: summary.messages, total: null });
        const known = await this.#options.reader.lookUp(item.id);
        if (!known.ok) return known;
        const isRepeat = seen.add(item.id);
        if (item.line) {
          const found = await this.#scanLine(item, request, files, summary);
          if (!found.ok) return found;
          if (secrets.length < 5) secrets.push(...found.value.slice(0, 5));
          const isNew = known.value?.held.get(item.line.hash) === undefined;
          summary.outcome(!isNew ? 'present' : known.value || isRepeat ? 'updated' : 'created');
          continue;
        }
        const { attachments, notes } = await files.examine(item.files);
        summary.files(attachments.length, notes);
        const adds = known.value
          ? linesFor(item, attachments, known.value, item.createdAt).length > 0
          : !isRepeat;
        summary.outcome(!adds ? 'present' : known.value ? 'updated' : 'created');
      }
      if (secrets.length > 0) return looksSecret(secrets);
      return ok({ format, result: summary.result(format), messages: summary.messages });
    });
  }

  /**
   * Imports what {@link scan} has read. Each message is durable before it is counted. If it stops halfway, what was
   * written stays, and importing the same export again continues. `import-stopped`, which says
   * how far it came, or `import-refused` if the export cannot be read.
   *
   * @param isWanted whether anyone is still waiting; if not, it stops
   */
  async write(
    request: ImportRequest,
    scan: Scan,
    report: (progress: Progress) => void = () => undefined,
    isWanted: () => boolean = () => true,
  ): Promise<Result<ImportResult>> {
    return this.#withSource(request, async (source) => {
      const summary = new Summary();
      const files = this.#filesFor(request);
      const changedAt = scan.result.to ?? '1970-01-01T00:00:00.000Z';
      const underWay: Promise<Result<'created' | 'updated' | 'present'>>[] = [];
      let [done, trouble] = [0, undefined as Failure | undefined];
      const finish = async (count: number): Promise<void> => {
        for (const result of await Promise.all(underWay.splice(0, count))) {
          if (result.ok) summary.outcome(result.value);
          else if (result.failure.code === 'unwritable')
            summary.skip({ skipped: 'unwritable', example: shortly(result.failure.detail) });
          else trouble ??= result.failure;
          done += 1;
          if (done % ITEMS_A_REPORT === 0) report({ stage: 'writing', done, total: scan.messages });
        }
      };
      for await (const item of this.#read(source, scan.format, request, summary)) {
        const lines = await this.#linesOf(item, files, summary, changedAt);
        if (!lines.ok) trouble ??= lines.failure;
        if (!lines.ok) break;
        // While its files are being stored, later messages would overtake it, but the history should have the order
        // of the export.
        const hasFiles = item.line ? item.contents.size > 0 : item.files.length > 0;
        if (hasFiles) await finish(underWay.length);
        const taken = this.#options.messages.take(item.id, request.repository, lines.value);
        // An error is handled when its turn comes.
        taken.catch(() => undefined);
        underWay.push(taken);
        if (hasFiles) await finish(1);
        if (underWay.length >= UNDER_WAY) await finish(UNDER_WAY / 5);
        if (trouble || !isWanted()) break;
      }
      await finish(underWay.length);
      const result = summary.result(scan.format);
      if (trouble) return stopped(trouble.detail, result, trouble.retryAfter);
      if (done < scan.messages) return stopped('The client closed the connection.', result);
      return ok(result);
    });
  }

  #read(source: ExportSource, format: FormatName, request: ImportRequest, summary: Summary) {
    const guardsSecrets = this.#guards(request);
    return readExport(source, format, request, summary, { author: this.#options.author, guardsSecrets });
  }

  #filesFor(request: ImportRequest): ImportFiles {
    const { attachments, attachmentLimit: most } = this.#options;
    return new ImportFiles(attachments, { most, guardsSecrets: this.#guards(request) });
  }

  /** Finds credentials in a journal line and its files. Counts the files. */
  async #scanLine(
    { line, contents }: ReadLine,
    request: ImportRequest,
    files: ImportFiles,
    summary: Summary,
  ): Promise<Result<readonly string[]>> {
    const found = await files.ofLine(line, contents, 'check');
    if (!found.ok) return found;
    summary.files(found.value.files, found.value.notes);
    if (!this.#guards(request)) return ok([]);
    const inFile = found.value.notes.some(({ skipped }) => skipped === 'file-with-credential');
    return ok([...secretsIn(line.text), ...(inFile ? ['a credential in a file'] : [])]);
  }

  /** Stores the files of a message or line, and determines which lines it adds to the known ones. */
  async #linesOf(
    item: ReadItem,
    files: ImportFiles,
    summary: Summary,
    changedAt: string,
  ): Promise<Result<(entry: Entry | undefined) => readonly Line[]>> {
    if (item.line) {
      const { line, contents } = item;
      const known = await this.#options.reader.lookUp(item.id);
      if (!known.ok) return known;
      const isHeld = (entry: Entry | undefined) => entry?.held.get(line.hash) !== undefined;
      const found = await files.ofLine(line, contents, isHeld(known.value) ? 'check' : 'keep');
      if (!found.ok) return found;
      summary.files(found.value.files, found.value.notes);
      return ok((entry) => (isHeld(entry) ? [] : [line]));
    }
    if (item.files.length === 0) return ok((entry) => linesFor(item, [], entry, changedAt));
    const known = await this.#options.reader.lookUp(item.id);
    if (!known.ok) return known;
    const named = (known.value?.folded.lines ?? []).flatMap(({ attachments = [] }) => attachments);
    const found = await files.take(item.files, new Set(named.map(({ sha256 }) => sha256)));
    if (!found.ok) return found;
    summary.files(found.value.attachments.length, found.value.notes);
    return ok((entry) => linesFor(item, found.value.attachments, entry, changedAt));
  }

  #guards({ confirm }: ImportRequest): boolean {
    return this.#options.secretGuard && confirm !== true;
  }

  async #withSource<Value>(
    { path, name }: ImportRequest,
    work: (source: ExportSource) => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    let source: ExportSource | undefined;
    try {
      source = await openSource(path, name);
      return await work(source);
    } catch (error) {
      const failure = refusalOf(error);
      if (!failure) throw error;
      return { ok: false, failure };
    } finally {
      await source?.close();
    }
  }
}

const nobodyWaits = fail('import-stopped', 'The client closed the connection. Nothing was imported.');

const badZone = (zone: string) =>
  fail('invalid', `There is no time zone ${JSON.stringify(zone)}. Nothing was imported.`, {
    errors: [{ field: 'zone', detail: 'zone must be a time zone such as Europe/Berlin' }],
  });

const looksSecret = (secrets: readonly string[]) =>
  fail(
    'looks-secret',
    `The export holds what looks like ${[...new Set(secrets)].join(' and ')}. Nothing was imported, since what is committed ` +
      'stays in the history. Take it out, or import it again with confirm=true.',
    { members: { seen: [...new Set(secrets)] } },
  );

const stopped = (why: string, result: ImportResult, retryAfter?: number) =>
  fail(
    'import-stopped',
    `${why} What was imported so far is safe (${result.created} created, ${result.updated} updated). Import the same file again to continue: nothing is imported twice.`,
    { members: { result }, ...(retryAfter === undefined ? {} : { retryAfter }) },
  );
