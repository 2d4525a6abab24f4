import { v7 as uuidv7 } from 'uuid';
import { KeyedMutex } from '../async/mutex.ts';
import type { Delivery, Draft, Edit as Wish } from '../contract/message.ts';
import type { Attachment, AttachmentReference } from '../domain/attachment.ts';
import { editErrors } from '../domain/content.ts';
import type { Change } from '../domain/message.ts';
import { type Failure, type FieldError, fail, ok, type Result } from '../domain/result.ts';
import type { Line } from '../journal/line.ts';
import {
  checkReadable,
  contentBefore,
  deletedLine,
  type Edit,
  editedLine,
  firstLine,
  isUnchanged,
  says,
} from '../journal/revisions.ts';
import { type Entry, isDeleted } from '../mirror/entry.ts';
import { repositoriesOf } from '../mirror/search/filter.ts';
import type { CaptureOptions } from '../repository/capture/queue.ts';
import { headsOf } from '../repository/reconcile/mirror-lines.ts';
import type { Attachments } from './attachments/attachments.ts';
import { Destinations, type DestinationsOptions } from './destinations.ts';
import type { MessageReader } from './message-reader.ts';
import { guardSecrets } from './secret-guard.ts';
import { noMessage, type Stored, tagOf, toStored } from './stored.ts';

export interface EditRequest {
  readonly edit: Omit<Wish, 'confirm'>;
  readonly confirm: boolean;
  /** The entity tag that the message must still have. */
  readonly ifMatch: string | undefined;
}

export interface MessagesOptions extends DestinationsOptions {
  readonly reader: MessageReader;
  readonly attachments: Attachments;
  readonly author: string;
  readonly secretGuard: boolean;
  readonly clock: () => Date;
}

/** Captures and changes messages in all repositories. */
export class Messages {
  readonly #options: MessagesOptions;
  readonly #destinations: Destinations;
  /** One change per message at a time, so no two of ours replace the same revision. */
  readonly #locks = new KeyedMutex();

  constructor(options: MessagesOptions) {
    this.#options = options;
    this.#destinations = new Destinations(options);
  }

  /**
   * Captures a new message, or continues with one that an earlier attempt did not bring to every repository. Nothing
   * is saved if it fails, unless it is `incomplete`: then some of the repositories have it.
   *
   * `invalid`, `unknown-repository`, `id-taken`, `looks-secret`, `unwritable` (too long as a line), `incomplete` or
   * `unavailable`.
   */
  async create(draft: Draft): Promise<Result<Stored>> {
    const id = draft.id ?? uuidv7();
    const unknown = this.#destinations.refuse(draft.repositories);
    if (unknown) return unknown;
    return this.#locks.run(id, async () => {
      // A capture to a repository that is open does not depend on the others.
      const entry = await this.#options.reader.lookUp(id);
      if (!entry.ok) return entry;
      return entry.value ? this.#repeat(entry.value, draft) : this.#createNew(id, draft);
    });
  }

  /**
   * Adds lines of a message that were written elsewhere, such as those of an import, to a repository and to all
   * others that hold the message. `unwritable`, `incomplete` or `unavailable`.
   *
   * @param linesFor finds the lines to add, parents first, given what is known about the message; runs under the
   *   message's mutex
   */
  async take(
    id: string,
    name: string,
    linesFor: (entry: Entry | undefined) => readonly Line[],
  ): Promise<Result<'created' | 'updated' | 'present'>> {
    return this.#locks.run(id, async () => {
      const known = await this.#options.reader.lookUp(id);
      if (!known.ok) return known;
      const lines = linesFor(known.value);
      for (const line of lines) {
        const readable = checkReadable(line);
        if (!readable.ok) return readable;
      }
      const targets = new Set([...(known.value ? repositoriesOf(known.value) : []), name]);
      const lacks = (one: string) => known.value === undefined || this.#missing(known.value, one).length > 0;
      if (lines.length === 0 && ![...targets].some(lacks)) return ok('present');
      const change = lines.length === 0 ? undefined : known.value ? 'updated' : 'created';
      const done = await this.#bring(id, known.value, lines, [...targets], change, { inBulk: true });
      return done.ok ? ok(change ?? 'present') : done;
    });
  }

  /**
   * Edits a message, restores a deleted one, or settles a conflict. An edit that changes nothing makes no revision.
   *
   * `unknown-message`, `precondition-failed`, `invalid`, `looks-secret`, `unwritable`, `incomplete` or `unavailable`.
   *
   * @param ifMatch the tags of the revision that it is based on, as `If-Match` names them
   */
  async edit(id: string, { edit, confirm, ifMatch }: EditRequest): Promise<Result<Stored>> {
    const named = new Set((edit.attachments ?? []).map(({ sha256 }) => sha256));
    return this.#change(id, { ifMatch, named }, async (entry) => {
      const { folded } = entry;
      const before = contentBefore(folded);
      const isSettled = folded.heads.length === 1 && !isDeleted(entry);
      if (isSettled && isUnchanged(before, edit)) return ok(undefined);
      const errors = editErrors(edit, before);
      if (errors.length > 0) return invalidEdit(errors);
      const full = await this.#withFiles(edit, before.attachments);
      if (!full.ok) return full;
      const guarded = await this.#guard(full.value, confirm, before.attachments);
      if (!guarded.ok) return guarded;
      const author = edit.author ?? (before.author === '' ? this.#options.author : before.author);
      return ok(editedLine(folded, { ...full.value, author }, this.#options.clock().toISOString()));
    });
  }

  /**
   * Deletes a message, which is also a revision. Deleting it a second time changes nothing. Fails as `edit` does.
   */
  async delete(id: string, ifMatch: string | undefined): Promise<Result<Stored>> {
    return this.#change(id, { ifMatch }, async (entry) =>
      ok(isDeleted(entry) ? undefined : deletedLine(entry.folded, this.#options.clock().toISOString())),
    );
  }

  async #createNew(id: string, draft: Draft): Promise<Result<Stored>> {
    const { confirm = false, repositories, ...given } = draft;
    const full = await this.#withFiles(given);
    if (!full.ok) return full;
    const guarded = await this.#guard(full.value, confirm);
    if (!guarded.ok) return guarded;
    const { author, clock } = this.#options;
    const line = firstLine({ author, type: 'text', createdAt: clock().toISOString(), ...full.value, id });
    const readable = checkReadable(line);
    if (!readable.ok) return readable;
    const targets = this.#destinations.asked(id, repositories) ?? this.#destinations.usual();
    return this.#bring(id, undefined, [line], targets, 'created', { needed: newFiles([line], undefined) });
  }

  /** The same message was sent again. Its fields must match its first revision, and no second commit is made. */
  async #repeat(entry: Entry, draft: Draft): Promise<Result<Stored>> {
    const first = entry.folded.lines.filter((line) => line.parents.length === 0);
    if (!first.some((line) => isSame(line, draft))) {
      return fail('id-taken', `Another message has the id ${entry.id}. Nothing was saved; use a new id.`);
    }
    const asked = this.#destinations.asked(entry.id, draft.repositories) ?? [];
    const targets = new Set([...repositoriesOf(entry), ...asked]);
    const lacking = [...targets].filter((name) => this.#missing(entry, name).length > 0);
    if (lacking.length === 0) return ok(toStored(entry, this.#options.repositories, false));
    const done = await this.#bring(entry.id, entry, [], lacking, undefined);
    return done.ok ? ok({ ...done.value, created: false }) : done;
  }

  async #change(
    id: string,
    { ifMatch, named }: { readonly ifMatch: string | undefined; readonly named?: ReadonlySet<string> },
    decide: (entry: Entry) => Promise<Result<Line | undefined>>,
  ): Promise<Result<Stored>> {
    return this.#locks.run(id, async () => {
      const read = await this.#options.reader.entry(id);
      if (!read.ok) return read;
      const entry = read.value;
      if (!entry) return noMessage(id);
      if (ifMatch !== undefined && !matchesTag(ifMatch, tagOf(entry))) {
        return fail(
          'precondition-failed',
          'The message was changed since you read it. Nothing was saved; read it again.',
        );
      }
      const line = await decide(entry);
      if (!line.ok) return line;
      if (line.value) {
        const readable = checkReadable(line.value);
        if (!readable.ok) return readable;
      }
      const change =
        line.value === undefined ? undefined : line.value.deletedAt === undefined ? 'updated' : 'deleted';
      const names = repositoriesOf(entry);
      const outdated = names.some((name) => this.#missing(entry, name).length > 0);
      if (!line.value && !outdated) return ok(toStored(entry, this.#options.repositories, false));
      const lines = line.value ? [line.value] : [];
      return this.#bring(id, entry, lines, names, change, { needed: newFiles(lines, entry), named });
    });
  }

  /** Brings all missing lines of a message, and new ones, to each repository. Answers when all are durable. */
  async #bring(
    id: string,
    before: Entry | undefined,
    fresh: readonly Line[],
    names: readonly string[],
    change: Change | undefined,
    options?: CaptureOptions,
  ): Promise<Result<Stored>> {
    const { repositories, intents } = this.#options;
    const outcomes = await Promise.all(
      names.map(async (name): Promise<Failure | undefined> => {
        const lines = [...(before ? this.#missing(before, name) : []), ...fresh];
        for (const line of lines) {
          const captured = await repositories.capture(name, line, options);
          if (!captured.ok) return captured.failure;
        }
        return undefined;
      }),
    );
    const after = await this.#options.reader.lookUp(id);
    if (!after.ok) return after;
    if (after.value && change && headsOf(after.value) !== headsOf(before)) {
      repositories.publishMessage(change, after.value);
    }
    const failures = outcomes.filter((outcome) => outcome !== undefined);
    if (failures.length > 0 || !after.value) {
      await intents.remember(id, names);
      return incomplete(
        id,
        failures,
        after.value ? toStored(after.value, this.#options.repositories, false).message.deliveries : [],
      );
    }
    await intents.forget(id);
    return ok(toStored(after.value, this.#options.repositories, true));
  }

  /** The lines of a message that a repository lacks, parents first. */
  #missing(entry: Entry, name: string): Line[] {
    return entry.folded.lines.filter((line) => !entry.held.get(line.hash)?.commits.has(name));
  }

  /** The fields to write, with everything that a line stores about its files. */
  async #withFiles<Given extends { readonly attachments?: readonly AttachmentReference[] }>(
    given: Given,
    before: readonly Attachment[] = [],
  ): Promise<Result<Omit<Given, 'attachments'> & { readonly attachments?: readonly Attachment[] }>> {
    const { attachments, ...others } = given;
    if (attachments === undefined) return ok(others);
    const files = await this.#options.attachments.resolve(attachments, before);
    return files.ok ? ok({ ...others, attachments: files.value }) : files;
  }

  async #guard(edit: Edit, confirm: boolean, before?: readonly Attachment[]): Promise<Result<void>> {
    const { secretGuard, attachments } = this.#options;
    return secretGuard && !confirm ? guardSecrets(edit, attachments, before) : ok(undefined);
  }
}

/**
 * The hashes of files in these lines that no earlier line of the message named. Files named before may have been
 * purged.
 */
function newFiles(lines: readonly Line[], entry: Entry | undefined): ReadonlySet<string> {
  const named = ({ attachments = [] }: Line) => attachments.map(({ sha256 }) => sha256);
  const before = new Set(entry?.folded.lines.flatMap(named));
  return new Set(lines.flatMap(named).filter((sha256) => !before.has(sha256)));
}

const invalidEdit = (errors: readonly FieldError[]) =>
  fail('invalid', `Nothing was changed: ${errors.map(({ detail }) => detail).join('; ')}.`, { errors });

const matchesTag = (ifMatch: string, tag: string): boolean =>
  ifMatch.trim() === '*' || ifMatch.split(',').some((one) => one.trim() === tag);

function isSame(line: Line, { id: _id, confirm: _confirm, repositories: _names, ...fields }: Draft): boolean {
  return Object.entries(fields).every(([key, value]) => says(line, key, value));
}

function incomplete(id: string, failures: readonly Failure[], deliveries: readonly Delivery[]) {
  const reasons = failures.map(({ detail }) => detail);
  const safe = deliveries.length > 0 ? ' It is saved in the repositories that "deliveries" names.' : '';
  return fail('incomplete', `${reasons.join(' ')}${safe} Send it again with the same id to complete it.`, {
    retryAfter: failures[0]?.retryAfter ?? 5,
    members: { id, deliveries, reasons },
  });
}
