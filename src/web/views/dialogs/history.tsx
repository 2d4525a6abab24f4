import { useState } from 'preact/hooks';
import type { HistoryEntry } from '../../../contract/message.ts';
import { type History, keep } from '../../actions/history.ts';
import { navigate } from '../../actions/navigate.ts';
import { isOutOfDate, type Problem } from '../../api/problem.ts';
import { EVERYTHING } from '../../state/query.ts';
import { RevisionHead, RevisionText } from '../timeline/revision.tsx';

export interface HistoryProps extends History {
  readonly onDone: () => void;
  /** The message has changed, so what is shown has to be read again. */
  readonly onOutdated: () => void;
}

/** All revisions of a message, newest first, each with its changes. */
export function HistoryView({ entries, etag, onDone, onOutdated }: HistoryProps) {
  const [problem, setProblem] = useState<Problem>();
  const bringBack = async (entry: HistoryEntry) => {
    const failed = await keep(entry, etag);
    if (failed === undefined) return onDone();
    setProblem(failed);
    if (isOutOfDate(failed)) onOutdated();
  };
  return (
    <>
      {problem && (
        <p class="error" role="alert">
          {problem.detail}
        </p>
      )}
      <ol class="revisions">
        {entries.map((_, index) => {
          const entry = entries[entries.length - 1 - index] as HistoryEntry;
          const canComeBack = entry.head !== true && entry.deletedAt === undefined;
          return (
            <li key={index} class="revision">
              <h3>{titleOf(entry)}</h3>
              <RevisionHead entry={entry} original={entries[0]?.author ?? ''} />
              {entry.deletedAt === undefined && (
                <RevisionText before={previousOf(entry, entries)} after={entry} />
              )}
              <button
                type="button"
                class="link"
                onClick={() => {
                  onDone();
                  navigate({ ...EVERYTHING, asOf: entry.updatedAt ?? entry.createdAt, at: entry.id });
                }}
              >
                Timeline as it was then
              </button>
              {canComeBack && (
                <button type="button" class="link" onClick={() => void bringBack(entry)}>
                  Restore this version
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}

function titleOf({ revision, deletedAt, parents = [], head }: HistoryEntry): string {
  const what = deletedAt
    ? 'Deleted'
    : revision === 1
      ? 'Written'
      : parents.length > 1
        ? 'Resolved'
        : 'Edited';
  return `${revision}. ${what}${head ? ' – current' : ''}`;
}

/** The newest revision with a lower number that has a text. A delete has nothing to compare with. */
function previousOf(entry: HistoryEntry, entries: readonly HistoryEntry[]): HistoryEntry | undefined {
  const earlier = entries.filter(
    ({ revision, deletedAt }) => revision < entry.revision && deletedAt === undefined,
  );
  return earlier.reduce<HistoryEntry | undefined>(
    (best, one) => (best === undefined || one.revision >= best.revision ? one : best),
    undefined,
  );
}
