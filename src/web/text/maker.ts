import type { HistoryEntry } from '../../contract/message.ts';

/** Who made a revision, and on which device. */
export interface Maker {
  readonly who: string;
  /** Who committed it, if someone else wrote it, as in an import. */
  readonly committer?: string;
  readonly device?: string;
}

/**
 * Who made a revision. For an edit that is the committer, since its author remains that of the message, unless the
 * edit changes the author. The first commit counts, since later ones only copied it to other repositories.
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
