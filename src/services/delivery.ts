import type { Delivery, DeliveryState, HistoryEntry, Message } from '../contract/message.ts';
import { tagsOf } from '../domain/message.ts';
import type { Maker } from '../git/makers.ts';
import { contentOf, type Line } from '../journal/line.ts';
import type { Entry } from '../mirror/entry.ts';
import { repositoriesOf } from '../mirror/search/filter.ts';

/** The repositories that messages are in. */
export interface Places {
  /** Their names, in display order. */
  readonly names: () => readonly string[];
  /** Whether a commit of a repository is on its remote's branch. */
  readonly isPushed: (repository: string, commit: string | null) => boolean;
}

/**
 * A message as readers see it, with its deliveries.
 *
 * @param content its content, if not that of the current line: what a deleted message said
 */
export function toMessage(entry: Entry, places: Places, content: Line = entry.folded.current): Message {
  const { current, heads } = entry.folded;
  const { updatedAt, deletedAt } = current;
  const { tags, ...others } = contentOf(content);
  return {
    id: entry.id,
    revision: current.revision,
    ...others,
    createdAt: current.createdAt,
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    tags: tagsOf(content.text, tags),
    ...(heads.length > 1 ? { conflict: true } : {}),
    deliveries: inOrder(repositoriesOf(entry), places.names()).map((name) => deliveryOf(entry, name, places)),
  };
}

/** Finds who made a commit of a repository; `undefined` if that is unknown. */
export type FindMaker = (repository: string, commit: string) => Maker | undefined;

/** All revisions of a message, oldest first, each with the commits that brought it and who made them. */
export function toHistory(entry: Entry, makerOf: FindMaker): HistoryEntry[] {
  const heads = new Set(entry.folded.heads.map((line) => line.hash));
  return entry.folded.lines.map((line) => ({
    id: entry.id,
    revision: line.revision,
    ...(line.parents.length === 0 ? {} : { parents: line.parents }),
    ...contentOf(line),
    createdAt: line.createdAt,
    ...(line.updatedAt === undefined ? {} : { updatedAt: line.updatedAt }),
    ...(line.deletedAt === undefined ? {} : { deletedAt: line.deletedAt }),
    commits: [...(entry.held.get(line.hash)?.commits ?? [])].map(([repository, commit]) => ({
      repository,
      commit,
      ...madeBy(commit === null ? undefined : makerOf(repository, commit)),
    })),
    ...(heads.has(line.hash) ? { head: true } : {}),
  }));
}

function madeBy(maker: Maker | undefined) {
  if (maker === undefined) return {};
  const { committer, at, device } = maker;
  return { committer, committedAt: at, ...(device === null ? {} : { device }) };
}

const inOrder = (held: readonly string[], names: readonly string[]): string[] =>
  [...held].sort((a, b) => names.indexOf(a) - names.indexOf(b));

/** The commit of the current line or, if a repository lacks it, that of the newest line that it holds. */
function deliveryOf(entry: Entry, repository: string, places: Places): Delivery {
  const current = entry.held.get(entry.folded.current.hash)?.commits.get(repository);
  if (current !== undefined) {
    const state: DeliveryState = places.isPushed(repository, current) ? 'pushed' : 'committed';
    return { repository, commit: current, state };
  }
  const newest = entry.folded.lines.findLast((line) => entry.held.get(line.hash)?.commits.has(repository));
  const commit = (newest && entry.held.get(newest.hash)?.commits.get(repository)) ?? null;
  return { repository, commit, state: 'outdated' };
}
