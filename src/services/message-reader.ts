import { setImmediate as turn } from 'node:timers/promises';
import type { AsOf, HistoryEntry, Id, Message } from '../contract/message.ts';
import type { Stats, StatsQuestion } from '../contract/stats.ts';
import type { TagCount } from '../contract/tags.ts';
import type { Filter } from '../domain/query.ts';
import { ok, type Result } from '../domain/result.ts';
import type { Exported, ExportedMessages } from '../export/renderer.ts';
import { contentBefore } from '../journal/revisions.ts';
import type { Database } from '../mirror/database.ts';
import { type Entry, isDeleted, type Key } from '../mirror/entry.ts';
import { MirrorBroken } from '../mirror/errors.ts';
import { type Past, queryPast, readPast } from '../mirror/past.ts';
import { queryMirror } from '../mirror/query.ts';
import { isIn, repositoriesOf } from '../mirror/search/filter.ts';
import { findPast } from './as-of.ts';
import { toMessage } from './delivery.ts';
import { historyOf } from './history.ts';
import type { RepositoryManager } from './repositories.ts';
import { countMessages } from './stats.ts';
import { noMessage, noMessageThen, type Stored, toStored } from './stored.ts';
import { countTags } from './tags.ts';

/** Reads messages from all repositories, as they are now or as they were. */
export class MessageReader {
  readonly #repositories: RepositoryManager;

  constructor(repositories: RepositoryManager) {
    this.#repositories = repositories;
  }

  /**
   * A current message. `unknown-message` if there is none with this id or it is deleted, `invalid` if there is no such
   * commit, or `unavailable`.
   *
   * @param asOf the moment or commit, if not now
   */
  async get(id: string, asOf?: AsOf): Promise<Result<Stored>> {
    const entry = await (asOf === undefined ? this.entry(id) : this.#readAsOf(id, asOf));
    if (!entry.ok) return entry;
    if (!entry.value || isDeleted(entry.value)) return asOf === undefined ? noMessage(id) : noMessageThen(id);
    return ok(toStored(entry.value, this.#repositories, false));
  }

  /** All revisions of a message, oldest first, also if it is deleted. `unknown-message` or `unavailable`. */
  async history(id: string): Promise<Result<HistoryEntry[]>> {
    const entry = await this.entry(id);
    if (!entry.ok) return entry;
    return entry.value ? ok(await historyOf(entry.value, this.#repositories)) : noMessage(id);
  }

  /** The ids that end with some digits, including those of deleted messages, for people who type only part of an id.
   * `unavailable`. */
  async idsEnding(ending: string): Promise<Result<readonly Id[]>> {
    return this.#repositories.withMirror(async (mirror) => {
      const found: Id[] = [];
      for (const id of mirror.idsEnding(ending)) {
        const entry = await mirror.read(id);
        if (entry) found.push(isDeleted(entry) ? { id, deleted: true } : { id });
      }
      return found.sort((a, b) => (a.id < b.id ? -1 : 1));
    });
  }

  /**
   * Resolves when reads return everything that was committed. `unavailable` after 30 seconds.
   *
   * @param repository set if only this one is read
   */
  ready(repository?: string): Promise<Result<void>> {
    return this.#repositories.withMirror(async () => undefined, isFor(repository));
  }

  /** How many current messages there are, by day, author and repository. `unavailable`. */
  stats(question: StatsQuestion): Promise<Result<Stats>> {
    return this.#repositories.withMirror(
      (mirror) => countMessages(mirror, question),
      isFor(question.repository),
    );
  }

  /** All tags of current messages, most used first. `unavailable`. */
  tags(repository: string | undefined): Promise<Result<TagCount[]>> {
    return this.#repositories.withMirror((mirror) => countTags(mirror, repository), isFor(repository));
  }

  /**
   * Resolves the requested past. `invalid` if no branch has that commit, or several commits begin so; `unavailable`.
   *
   * @param repository set if only this one is read
   */
  async past(asOf: AsOf, repository?: string): Promise<Result<Past>> {
    const found = await this.#repositories.withMirror(
      () => findPast(this.#repositories.list(), asOf, repository),
      isFor(repository),
    );
    return found.ok ? found.value : found;
  }

  /**
   * The messages that pass a filter, newest first, starting after a key. If the filter includes deleted ones, they
   * have the content they had before.
   */
  async *query(
    filter: Filter,
    before?: Key,
    past?: Past,
  ): AsyncGenerator<{ readonly key: Key; readonly message: Message }> {
    for await (const entry of this.#entries(filter, finding(filter, past), before))
      yield { key: entry.key, message: toMessage(entry, this.#repositories, contentBefore(entry.folded)) };
  }

  /**
   * The messages that pass a filter, with all their lines, newest first.
   *
   * @param past the past that they are of, if it is not the present
   */
  async *exported(filter: Filter, messages: ExportedMessages, past?: Past): AsyncGenerator<Exported> {
    const { author, type, tag, terms } = filter;
    const isWide = [author, type, tag].every((one) => one === undefined) && terms.length === 0;
    const find =
      messages === 'all' && isWide && !past
        ? (mirror: Database, from?: Key) => allIn(mirror, filter, from)
        : finding(filter, past);
    for await (const entry of this.#entries(filter, find)) yield this.#exported(entry);
  }

  /** A message with all its lines; `undefined` if it is gone, or if it is deleted and those are not wanted. */
  async exportedOne(id: string, messages: ExportedMessages, past?: Past): Promise<Exported | undefined> {
    const entry = await this.lookUp(id, past);
    return entry.ok && entry.value && (messages === 'all' || !isDeleted(entry.value))
      ? this.#exported(entry.value)
      : undefined;
  }

  #exported(entry: Entry): Exported {
    const { current, lines } = entry.folded;
    const content = contentBefore(entry.folded);
    return { message: toMessage(entry, this.#repositories, content), current, lines };
  }

  /**
   * The entries found in the mirror. If the mirror turns out to be broken, the search continues after the last entry.
   */
  async *#entries(
    filter: Filter,
    find: (mirror: Database, from?: Key) => AsyncIterable<Entry>,
    before?: Key,
  ): AsyncGenerator<Entry> {
    let from = before;
    for (;;) {
      const mirror = await this.#repositories.withMirror(
        async (database) => database,
        isFor(filter.repository),
      );
      if (!mirror.ok) throw new Error(mirror.failure.detail);
      try {
        for await (const entry of find(mirror.value, from)) {
          yield entry;
          from = entry.key;
        }
        return;
      } catch (error) {
        if (!(error instanceof MirrorBroken)) throw error;
        this.#repositories.rebuild();
      }
    }
  }

  /**
   * What the mirror knows about a message, deleted or not. `unavailable` if it may be in a repository that could not
   * be opened yet.
   */
  async entry(id: string): Promise<Result<Entry | undefined>> {
    const entry = await this.lookUp(id);
    if (!entry.ok) return entry;
    const held = entry.value && repositoriesOf(entry.value);
    const read = await this.#repositories.withMirror(
      async () => entry.value,
      (name) => held === undefined || held.includes(name),
    );
    return read;
  }

  async #readAsOf(id: string, asOf: AsOf): Promise<Result<Entry | undefined>> {
    const ready = await this.ready();
    if (!ready.ok) return ready;
    const past = await this.past(asOf);
    return past.ok ? this.#repositories.withMirror((mirror) => readPast(mirror, past.value, id)) : past;
  }

  /**
   * What the mirror knows about a message now, deleted or not, even if some repositories could not be opened yet.
   *
   * @param id in upper or lower case
   * @param past the past to look it up in, if it is not the present
   */
  lookUp(id: string, past?: Past): Promise<Result<Entry | undefined>> {
    return this.#repositories.withMirror(
      (mirror) => (past ? readPast(mirror, past, id.toLowerCase()) : mirror.read(id.toLowerCase())),
      () => false,
    );
  }
}

/** Whether a read of one repository, or of all of them, depends on a given one. */
const isFor =
  (repository: string | undefined) =>
  (name: string): boolean =>
    repository === undefined || repository === name;

/** Finds the messages that pass a filter, now or in the past. */
const finding =
  (filter: Filter, past: Past | undefined) =>
  (mirror: Database, from?: Key): AsyncGenerator<Entry> =>
    past ? queryPast(mirror, filter, past, from) : queryMirror(mirror, filter, from);

/** Every message of a repository and a time range, deleted or not, newest first. */
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
