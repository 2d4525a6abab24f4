import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

import { v7 as uuidv7 } from 'uuid';
import { KeyedMutex } from '../async/mutex.ts';
import type { AsOf, Delivery, Draft, HistoryEntry, Id, Message, Edit as Wish } from '../contract/message.ts';
import type { Stats, StatsQuestion } from '../contract/stats.ts';
import type { TagCount } from '../contract/tags.ts';
import type { Attachment, AttachmentReference } from '../domain/attachment.ts';
import { editErrors } from '../domain/content.ts';
import type { Change } from '../domain/message.ts';
import type { Filter } from '../domain/query.ts';
import { type Failure, type FieldError, fail, ok, type Result } from '../domain/result.ts';
import { secretsIn } from '../domain/secrets.ts';
import type { Exported } from '../export/renderer.ts';
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
import type { Database } from '../mirror/database.ts';
import type { Entry, Key } from '../mirror/entry.ts';
import { MirrorBroken } from '../mirror/errors.ts';
import { type Past, queryPast, readPast } from '../mirror/past.ts';
import { isIn, repositoriesOf } from '../mirror/search/filter.ts';
import { headsOf } from '../repository/reconcile/mirror-lines.ts';
import { findPast } from './as-of.ts';
import type { Attachments } from './attachments/attachments.ts';
import { toHistory, toMessage } from './delivery.ts';
import type { Intents } from './intents.ts';
import type { RepositoryManager } from './repositories.ts';
import { countMessages } from './stats.ts';
import { countTags } from './tags.ts';

export interface EditRequest {
  readonly edit: Omit<Wish, 'confirm'>;
  readonly confirm: boolean;
  /** The entity tag that the message must still have. */
  readonly ifMatch: string | undefined;
}

export interface MessagesOptions {
  readonly repositories: RepositoryManager;
  readonly intents: Intents;
  readonly attachments: Attachments;
  readonly defaultTarget: 'primary' | 'all';
  readonly author: string;
  readonly secretGuard: boolean;
  readonly clock: () => Date;
}

/** A message, and whether it was made by this request. */
export interface Stored {
  readonly created: boolean;
  readonly message: Message;
  readonly tag: string;
}

/** Captures, changes and reads messages, whatever repositories they are in. */
export class Messages {
  readonly #options: MessagesOptions;
  /** One change of a message at a time, so that no two of ours replace the same revision. */
  readonly #locks = new KeyedMutex();

  constructor(options: MessagesOptions) {
    this.#options = options;
  }

  /** Captures a new message, or goes on with one that an earlier attempt did not bring everywhere. */
  async create(draft: Draft): Promise<Result<Stored>> {
    const id = draft.id ?? uuidv7();
    const unknown = this.#unknown(draft.repositories);
    if (unknown) return unknown;
    return this.#locks.run(id, async () => {
      // A capture to a repository that is open does not depend on the others.
      const entry = await this.#lookUp(id);
      if (!entry.ok) return entry;
      return entry.value ? this.#repeat(entry.value, draft) : this.#createNew(id, draft);
    });
  }

  /**
   * Brings lines of a message that were written elsewhere, such as those of an import, to a repository and to all others
   * that hold the message.
   *
   * @param linesFor finds the lines to add, parents first, from what is known of the message; runs under its lock
   */
  async take(
    id: string,
    name: string,
    linesFor: (entry: Entry | undefined) => readonly Line[],
  ): Promise<Result<'created' | 'updated' | 'present'>> {
    return this.#locks.run(id, async () => {
      const known = await this.#lookUp(id);
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
      const done = await this.#bring(id, lines, [...targets], change);
      return done.ok ? ok(change ?? 'present') : done;
    });
  }

  /** The ids that end with some digits, of deleted messages too, for people who type only a part of one. */
  async idsEnding(ending: string): Promise<Result<readonly Id[]>> {
    return this.#options.repositories.withMirror(async (mirror) => {
      const found: Id[] = [];
      for (const id of mirror.idsEnding(ending)) {
        const entry = await mirror.read(id);
        if (entry) found.push(isDeleted(entry) ? { id, deleted: true } : { id });
      }
      return found.sort((a, b) => (a.id < b.id ? -1 : 1));
    });
  }

  /** What is known of a message, deleted or not. */
  peek(id: string): Promise<Result<Entry | undefined>> {
    return this.#lookUp(id.toLowerCase());
  }

  /** @param asOf when, or at which commit, if not now */
  async get(id: string, asOf?: AsOf): Promise<Result<Stored>> {
    const entry = await (asOf === undefined ? this.#read(id) : this.#readAsOf(id, asOf));
    if (!entry.ok) return entry;
    if (!entry.value || isDeleted(entry.value)) return noMessage(id);
    return ok(this.#stored(entry.value, false));
  }

  async history(id: string): Promise<Result<HistoryEntry[]>> {
    const entry = await this.#read(id);
    if (!entry.ok) return entry;
    return entry.value ? ok(toHistory(entry.value)) : noMessage(id);
  }

  /** Changes a message, brings a deleted one back, or settles a conflict. */
  async edit(id: string, { edit, confirm, ifMatch }: EditRequest): Promise<Result<Stored>> {
    return this.#change(id, ifMatch, async (entry) => {
      const { folded } = entry;
      const before = contentBefore(folded);
      const isSettled = folded.heads.length === 1 && !isDeleted(entry);
      if (isSettled && isUnchanged(before, edit)) return ok(undefined);
      const errors = editErrors(edit, before);
      if (errors.length > 0) return invalidEdit(errors);
      const full = await this.#withFiles(edit, before.attachments);
      if (!full.ok) return full;
      const refusal = await this.#guard(full.value, confirm, before.attachments);
      if (refusal) return refusal;
      const author = edit.author ?? (before.author === '' ? this.#options.author : before.author);
      return ok(editedLine(folded, { ...full.value, author }, this.#options.clock().toISOString()));
    });
  }

  /** Deletes a message, which is a revision too; once more is no change. */
  async delete(id: string, ifMatch: string | undefined): Promise<Result<Stored>> {
    return this.#change(id, ifMatch, async (entry) =>
      ok(isDeleted(entry) ? undefined : deletedLine(entry.folded, this.#options.clock().toISOString())),
    );
  }

  /**
   * Resolves when reads are answered with everything that was committed.
   *
   * @param repository the only one that is read, if it is one
   */
  ready(repository?: string): Promise<Result<void>> {
    return this.#options.repositories.withMirror(async () => undefined, isFor(repository));
  }

  /** How many current messages there are, by day, author and repository. */
  stats(question: StatsQuestion): Promise<Result<Stats>> {
    return this.#options.repositories.withMirror(
      (mirror) => countMessages(mirror, question),
      isFor(question.repository),
    );
  }

  /** All tags of current messages, the most used first. */
  tags(repository: string | undefined): Promise<Result<TagCount[]>> {
    return this.#options.repositories.withMirror(
      (mirror) => countTags(mirror, repository),
      isFor(repository),
    );
  }

  /**
   * The past that somebody asks for.
   *
   * @param repository the only one that is read, if it is one
   */
  async past(asOf: AsOf, repository?: string): Promise<Result<Past>> {
    const { repositories } = this.#options;
    const found = await repositories.withMirror(
      () => findPast(repositories.list(), asOf, repository),
      isFor(repository),
    );
    return found.ok ? found.value : found;
  }

  /**
   * The messages that pass a filter, newest first, beginning after a key. Deleted ones, if the filter asks for them, say
   * what they said.
   */
  async *query(
    filter: Filter,
    before?: Key,
    past?: Past,
  ): AsyncGenerator<{ readonly key: Key; readonly message: Message }> {
    const { repositories } = this.#options;
    const find = (mirror: Database, from?: Key) =>
      past ? queryPast(mirror, filter, past, from) : mirror.query(filter, from);
    for await (const entry of this.#entries(filter, find, before))
      yield { key: entry.key, message: toMessage(entry, repositories, contentBefore(entry.folded)) };
  }

  /**
   * The messages that pass a filter with all their lines, newest first.
   *
   * @param withDeleted deleted ones too, if the filter asks only for repository and time
   */
  async *exported(filter: Filter, withDeleted: boolean): AsyncGenerator<Exported> {
    const { author, type, tag, terms } = filter;
    const isWide = [author, type, tag].every((one) => one === undefined) && terms.length === 0;
    const find =
      withDeleted && isWide
        ? (mirror: Database, from?: Key) => allIn(mirror, filter, from)
        : (mirror: Database, from?: Key) => mirror.query(filter, from);
    for await (const entry of this.#entries(filter, find)) yield this.#exported(entry);
  }

  /** A message with all its lines; nothing if it is gone, or deleted and not asked for. */
  async exportedOne(id: string, withDeleted: boolean): Promise<Exported | undefined> {
    const entry = await this.#lookUp(id);
    return entry.ok && entry.value && (withDeleted || !isDeleted(entry.value))
      ? this.#exported(entry.value)
      : undefined;
  }

  #exported(entry: Entry): Exported {
    const { current, lines } = entry.folded;
    const content = contentBefore(entry.folded);
    return { message: toMessage(entry, this.#options.repositories, content), current, lines };
  }

  /** What is found in the mirror, and found again after the last one if it proves broken on the way. */
  async *#entries(
    filter: Filter,
    find: (mirror: Database, from?: Key) => AsyncIterable<Entry>,
    before?: Key,
  ): AsyncGenerator<Entry> {
    const { repositories } = this.#options;
    let from = before;
    for (;;) {
      const mirror = await repositories.withMirror(async (database) => database, isFor(filter.repository));
      if (!mirror.ok) throw new Error(mirror.failure.detail);
      try {
        for await (const entry of find(mirror.value, from)) {
          yield entry;
          from = entry.key;
        }
        return;
      } catch (error) {
        if (!(error instanceof MirrorBroken)) throw error;
        repositories.rebuild();
      }
    }
  }

  /** A message, unless it may be in a repository that could not be opened yet: nobody knows what that holds. */
  async #read(id: string): Promise<Result<Entry | undefined>> {
    const { repositories } = this.#options;
    const entry = await this.#lookUp(id);
    if (!entry.ok) return entry;
    const held = entry.value && repositoriesOf(entry.value);
    const read = await repositories.withMirror(
      async () => entry.value,
      (name) => held === undefined || held.includes(name),
    );
    return read;
  }

  async #readAsOf(id: string, asOf: AsOf): Promise<Result<Entry | undefined>> {
    const { repositories } = this.#options;
    const ready = await this.ready();
    if (!ready.ok) return ready;
    const past = await this.past(asOf);
    return past.ok ? repositories.withMirror((mirror) => readPast(mirror, past.value, id)) : past;
  }

  /** What the mirror knows of a message now. */
  #lookUp(id: string): Promise<Result<Entry | undefined>> {
    return this.#options.repositories.withMirror(
      (mirror) => mirror.read(id),
      () => false,
    );
  }

  async #createNew(id: string, draft: Draft): Promise<Result<Stored>> {
    const { confirm = false, repositories, ...given } = draft;
    const full = await this.#withFiles(given);
    if (!full.ok) return full;
    const refusal = await this.#guard(full.value, confirm);
    if (refusal) return refusal;
    const { author, clock } = this.#options;
    const line = firstLine({ author, type: 'text', createdAt: clock().toISOString(), ...full.value, id });
    const readable = checkReadable(line);
    if (!readable.ok) return readable;
    const targets = this.#targets(repositories) ?? this.#intended(id) ?? this.#defaultTargets();
    return this.#bring(id, [line], targets, 'created');
  }

  /** The same message once more: its fields must be those of its first revision, and it adds no second commit. */
  async #repeat(entry: Entry, draft: Draft): Promise<Result<Stored>> {
    const first = entry.folded.lines.filter((line) => line.parents.length === 0);
    if (!first.some((line) => isSame(line, draft))) {
      return fail('id-taken', `Another message has the id ${entry.id}. Nothing was saved; use a new id.`);
    }
    const asked = this.#targets(draft.repositories) ?? this.#intended(entry.id) ?? [];
    const targets = new Set([...repositoriesOf(entry), ...asked]);
    const lacking = [...targets].filter((name) => this.#missing(entry, name).length > 0);
    if (lacking.length === 0) return ok(this.#stored(entry, false));
    const done = await this.#bring(entry.id, [], lacking, undefined);
    return done.ok ? ok({ ...done.value, created: false }) : done;
  }

  async #change(
    id: string,
    ifMatch: string | undefined,
    decide: (entry: Entry) => Promise<Result<Line | undefined>>,
  ): Promise<Result<Stored>> {
    return this.#locks.run(id, async () => {
      const read = await this.#read(id);
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
      if (!line.value && !outdated) return ok(this.#stored(entry, false));
      return this.#bring(id, line.value ? [line.value] : [], names, change);
    });
  }

  /** Brings to each repository all lines of a message that it lacks, and new ones; answers when all are durable. */
  async #bring(
    id: string,
    fresh: readonly Line[],
    names: readonly string[],
    change: Change | undefined,
  ): Promise<Result<Stored>> {
    const { repositories, intents } = this.#options;
    const before = await this.#lookUp(id);
    if (!before.ok) return before;
    const outcomes = await Promise.all(
      names.map(async (name): Promise<Failure | undefined> => {
        const lines = [...(before.value ? this.#missing(before.value, name) : []), ...fresh];
        for (const line of lines) {
          const captured = await repositories.capture(name, line);
          if (!captured.ok) return captured.failure;
        }
        return undefined;
      }),
    );
    const after = await this.#lookUp(id);
    if (!after.ok) return after;
    if (after.value && change && headsOf(after.value) !== headsOf(before.value)) {
      repositories.publishMessage(change, after.value);
    }
    const failures = outcomes.filter((outcome) => outcome !== undefined);
    if (failures.length > 0 || !after.value) {
      await intents.remember(id, names);
      return incomplete(id, failures, after.value ? this.#stored(after.value, false).message.deliveries : []);
    }
    await intents.forget(id);
    return ok(this.#stored(after.value, true));
  }

  /** The lines that a repository lacks of a message, parents first. */
  #missing(entry: Entry, name: string): Line[] {
    return entry.folded.lines.filter((line) => !entry.held.get(line.hash)?.commits.has(name));
  }

  /** What is to be written, with all that a line says of its files. */
  async #withFiles<Given extends { readonly attachments?: readonly AttachmentReference[] }>(
    given: Given,
    before: readonly Attachment[] = [],
  ): Promise<Result<Omit<Given, 'attachments'> & { readonly attachments?: readonly Attachment[] }>> {
    const { attachments, ...others } = given;
    if (attachments === undefined) return ok(others);
    const files = await this.#options.attachments.resolve(attachments, before);
    return files.ok ? ok({ ...others, attachments: files.value }) : files;
  }

  #stored(entry: Entry, created: boolean): Stored {
    return { created, message: toMessage(entry, this.#options.repositories), tag: tagOf(entry) };
  }

  #unknown(asked: Draft['repositories']) {
    const { repositories } = this.#options;
    if (asked === undefined || asked === 'all') return undefined;
    const unknown = asked.filter((name) => !repositories.find(name));
    if (unknown.length === 0) return undefined;
    const known = repositories.names().join(', ');
    return fail(
      'unknown-repository',
      `There is no repository ${unknown.map((name) => JSON.stringify(name)).join(', ')}. Known: ${known}.`,
    );
  }

  #targets(asked: Draft['repositories']): readonly string[] | undefined {
    if (asked === 'all') return this.#options.repositories.names();
    return asked === undefined ? undefined : [...new Set(asked)];
  }

  /** Where an earlier attempt meant to bring a message, as far as those repositories are still there. */
  #intended(id: string): readonly string[] | undefined {
    const names = this.#options.intents.of(id)?.filter((name) => this.#options.repositories.find(name));
    return names?.length === 0 ? undefined : names;
  }

  #defaultTargets(): readonly string[] {
    const { repositories, defaultTarget } = this.#options;
    return defaultTarget === 'all' ? repositories.names() : [repositories.primary];
  }

  /** Whatever a person can write freely is looked through: a key pasted into the wrong field is committed as well. */
  async #guard(
    { text, url, author, language, attachments = [] }: Edit,
    confirm: boolean,
    before: readonly Attachment[] = [],
  ) {
    if (!this.#options.secretGuard || confirm) return undefined;
    // What is there already needs no second question.
    const added = attachments.filter(({ sha256 }) => !before.some((one) => one.sha256 === sha256));
    const words = [text, url, author, language, ...attachments.map(({ name }) => name)].join('\n');
    const inFiles = await this.#options.attachments.secretsIn(added);
    const seen = [...new Set([...secretsIn(words), ...inFiles])];
    if (seen.length === 0) return undefined;
    return fail(
      'looks-secret',
      `This looks like ${seen.join(' and ')}. Nothing was saved, since what is committed stays in the history. ` +
        'Take it out, or send it again with "confirm": true.',
      { members: { seen } },
    );
  }
}

const invalidEdit = (errors: readonly FieldError[]) =>
  fail('invalid', `Nothing was changed: ${errors.map(({ detail }) => detail).join('; ')}.`, { errors });

/** Whether a read of one repository, or of all of them, depends on one. */
const isFor =
  (repository: string | undefined) =>
  (name: string): boolean =>
    repository === undefined || repository === name;

/** Every message of a repository and a time, deleted or not, newest first. */
async function* allIn(
  mirror: Database,
  { repository, since, until }: Filter,
  from?: Key,
): AsyncGenerator<Entry> {
  for await (const entries of mirror.walk({ before: from, since })) {
    await turn();
    for (const entry of entries) {
      const { time } = entry.key;
      if ((since !== undefined && time < since) || (until !== undefined && time >= until)) continue;
      if (repository === undefined || isIn(entry, repository)) yield entry;
    }
  }
}

const isDeleted = (entry: Entry): boolean => entry.folded.current.deletedAt !== undefined;

/** An entity tag that is a function of the set of heads. */
const tagOf = (entry: Entry): string =>
  `"${createHash('sha256').update(headsOf(entry)).digest('hex').slice(0, 16)}"`;

const matchesTag = (ifMatch: string, tag: string): boolean =>
  ifMatch.trim() === '*' || ifMatch.split(',').some((one) => one.trim() === tag);

const noMessage = (id: string) => fail('unknown-message', `There is no message ${id}.`);

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
