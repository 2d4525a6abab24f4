import { setImmediate as turn } from 'node:timers/promises';
import type { ImportFormat, ImportResult } from '../../contract/import.ts';
import { type Failure, fail, ok, type Result } from '../../domain/result.ts';
import { secretsIn } from '../../domain/secrets.ts';
import type { ExportSource } from '../../import/files.ts';
import { type FormatName, formatOf, recognise } from '../../import/formats.ts';
import type { Item, ReadOptions } from '../../import/message.ts';
import { type Prepared, preparer } from '../../import/prepare.ts';
import { refusalOf } from '../../import/refusal.ts';
import { openSource } from '../../import/source.ts';
import { shortly } from '../../import/values.ts';
import { isZone } from '../../import/zone.ts';
import { type Line, readLine } from '../../journal/line.ts';
import type { MessageReader } from '../message-reader.ts';
import type { Messages } from '../messages.ts';
import { linesFor } from './lines-for.ts';
import { SeenIds } from './seen-ids.ts';
import { Summary } from './summary.ts';

/** What to import, and how. */
export interface ImportRequest extends ReadOptions {
  /** Where the export is on disk: a file or a folder. */
  readonly path: string;
  /** What the file was called. */
  readonly name?: string | undefined;
  readonly format: ImportFormat;
  readonly repository: string;
  /** The ids of the only conversations to import; all of them if absent. */
  readonly conversations?: readonly string[] | undefined;
  /** Whether text that looks like a credential is meant to be imported as it is. */
  readonly confirm?: boolean | undefined;
}

export interface Progress {
  readonly stage: 'reading' | 'writing';
  readonly done: number;
  readonly total: number;
}

/** An export that was read to its end: nothing is written yet. */
export interface Scan {
  readonly format: FormatName;
  /** What an import would do. */
  readonly result: ImportResult;
  readonly messages: number;
}

const ITEMS_A_TURN = 100;
const ITEMS_A_REPORT = 1000;
/** So many messages are on their way at once, as in a bulk. */
const MOST_UNDER_WAY = 500;

/** Imports exports of other programs: each is read to its end first, so nothing is written of one that is broken. */
export class Imports {
  readonly #messages: Messages;
  readonly #reader: MessageReader;
  readonly #author: string;
  readonly #secretGuard: boolean;
  #isUnderWay = false;

  /**
   * @param author who wrote notes whose export names nobody
   * @param secretGuard whether what looks like a credential is cut out
   */
  constructor(messages: Messages, reader: MessageReader, author: string, secretGuard: boolean) {
    this.#messages = messages;
    this.#reader = reader;
    this.#author = author;
    this.#secretGuard = secretGuard;
  }

  /**
   * Takes the one place there is: imports use memory and disk, and two of the same export would wait for each other.
   * Returns what gives it back, or nothing if another import is under way.
   */
  begin(): (() => void) | undefined {
    if (this.#isUnderWay) return undefined;
    this.#isUnderWay = true;
    return () => {
      this.#isUnderWay = false;
    };
  }

  /**
   * Reads an export and counts what an import would do; writes nothing. `import-ambiguous` if it needs a zone or an
   * order of dates, `import-refused` if it is broken, `looks-secret` if exact lines of a journal look like credentials.
   */
  async scan(request: ImportRequest): Promise<Result<Scan>> {
    if (request.zone !== undefined && !isZone(request.zone)) return badZone(request.zone);
    return this.#withSource(request, async (source) => {
      const format = request.format === 'auto' ? await recognise(source) : request.format;
      const summary = new Summary();
      const seen = new SeenIds();
      const secrets: string[] = [];
      for await (const item of this.#read(source, format, request, summary)) {
        const known = await this.#reader.lookUp(item.id);
        if (!known.ok) return known;
        const isRepeat = seen.add(item.id);
        if ('line' in item) {
          if (this.#guards(request))
            secrets.push(...secretsIn(item.line.text).slice(0, secrets.length < 5 ? 5 : 0));
          const isNew = known.value?.held.get(item.line.hash) === undefined;
          summary.outcome(!isNew ? 'present' : known.value || isRepeat ? 'updated' : 'created');
        } else {
          const adds = known.value ? linesFor(item, known.value, item.createdAt).length > 0 : true;
          summary.outcome(
            !known.value && !isRepeat ? 'created' : known.value && adds ? 'updated' : 'present',
          );
        }
      }
      if (secrets.length > 0) return looksSecret(secrets);
      return ok({ format, result: summary.result(format), messages: summary.messages });
    });
  }

  /**
   * Imports what {@link scan} has read. Each message is durable before it is counted. If it stops half-way, what was
   * written stays, and importing the same export again continues.
   *
   * @param isWanted whether anyone still waits; if not, it stops
   */
  async write(
    request: ImportRequest,
    scan: Scan,
    report: (progress: Progress) => void = () => undefined,
    isWanted: () => boolean = () => true,
  ): Promise<Result<ImportResult>> {
    return this.#withSource(request, async (source) => {
      const summary = new Summary();
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
        const taken = this.#messages.take(item.id, request.repository, (entry) =>
          'line' in item
            ? entry?.held.get(item.line.hash) === undefined
              ? [item.line]
              : []
            : linesFor(item, entry, changedAt),
        );
        // What goes wrong is seen when its turn comes.
        taken.catch(() => undefined);
        underWay.push(taken);
        if (underWay.length >= MOST_UNDER_WAY) await finish(MOST_UNDER_WAY / 5);
        if (trouble || !isWanted()) break;
      }
      await finish(underWay.length);
      const result = summary.result(scan.format);
      if (trouble) return stopped(trouble.detail, result, trouble.retryAfter);
      if (done < scan.messages) return stopped('The client closed the connection.', result);
      return ok(result);
    });
  }

  /** The messages and lines of an export, prepared, in turns with everybody else. What is skipped is counted. */
  async *#read(
    source: ExportSource,
    format: FormatName,
    request: ImportRequest,
    summary: Summary,
  ): AsyncGenerator<(Prepared & { readonly line?: never }) | { readonly id: string; readonly line: Line }> {
    const prepare = preparer(format, !this.#guards(request));
    const wanted = request.conversations && new Set(request.conversations);
    let count = 0;
    for await (const item of formatOf(format).read(source, request, this.#author) as AsyncGenerator<Item>) {
      count += 1;
      if (count % ITEMS_A_TURN === 0) await turn();
      if ('raw' in item) {
        const line = readLine(item.raw);
        summary.message({ id: 'gitpost', name: 'gitpost' }, line.author, line.createdAt);
        yield { id: line.id, line };
        continue;
      }
      const prepared = 'skipped' in item ? item : prepare(item);
      if ('skipped' in prepared) {
        summary.skip(prepared);
        continue;
      }
      const { conversation, author, createdAt, notes } = prepared;
      if (wanted && !wanted.has(conversation.id)) continue;
      for (const note of notes) summary.skip(note);
      summary.message(conversation, author, createdAt);
      yield prepared;
    }
  }

  #guards({ confirm }: ImportRequest): boolean {
    return this.#secretGuard && confirm !== true;
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
