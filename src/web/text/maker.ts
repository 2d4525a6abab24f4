import type { HistoryEntry } from '../../contract/message.ts';

/** Who made a revision, and where. */
export interface Maker {
  readonly who: string;
  /** Who committed what somebody else wrote, as an import does. */
  readonly committer?: string;
  readonly device?: string;
}

/**
 * Who made a revision: whoever committed an edit, since its author stays that of the message, unless it names another
 * one. The first commit counts: later ones copied it to another repository.
 *
 * @param original the author of the first revision
 */
export function makerOf({ author, revision, commits }: HistoryEntry, original: string): Maker {
  const [first] = commits
    .filter(({ committedAt }) => committedAt !== undefined)
    .sort((a, b) => ((a.committedAt ?? '') < (b.committedAt ?? '') ? -1 : 1));
  const { committer, device } = first ?? {};
  const who = revision === 1 || author !== original ? author : (committer ?? author);
  return {
    who,
    ...(committer !== undefined && committer !== who && { committer }),
    ...(device !== undefined && { device }),
  };
}
