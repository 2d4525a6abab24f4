import { useState } from 'preact/hooks';
import type { HistoryEntry } from '../../../contract/message.ts';
import { keep } from '../../actions/history.ts';
import { isOutOfDate, type Problem } from '../../api/problem.ts';
import { RevisionHead, RevisionText } from '../timeline/revision.tsx';
import type { HistoryProps } from './history.tsx';

/** The conflicting versions. One of them is kept, or a text combines them. */
export function ConflictView({ entries, etag, onDone, onOutdated }: HistoryProps) {
  const heads = entries.filter(({ head }) => head === true);
  const written = heads.filter(({ deletedAt }) => deletedAt === undefined);
  const [merge, setMerge] = useState<string>();
  const [problem, setProblem] = useState<Problem>();

  const settle = async (entry: HistoryEntry) => {
    const failed = await keep(entry, etag);
    if (failed === undefined) return onDone();
    setProblem(failed);
    if (isOutOfDate(failed)) onOutdated();
  };
  if (heads.length < 2) return <p>This conflict is already resolved.</p>;
  const base = written[0];
  const shown = shownOf(heads);
  return (
    <div class="versions">
      <p>All of these versions stay in the history. Which version should be shown?</p>
      {problem && (
        <p class="error" role="alert">
          {problem.detail}
        </p>
      )}
      {heads.map((entry, index) => (
        <section key={index} class="version" aria-label={`Version ${index + 1}`}>
          {entry === shown && <p class="hint">Shown now</p>}
          <RevisionHead entry={entry} original={entries[0]?.author ?? ''} />
          {entry.deletedAt ? (
            <p class="difference">
              <em>Deleted</em>
            </p>
          ) : (
            <RevisionText before={entry === shown || shown?.deletedAt ? undefined : shown} after={entry} />
          )}
          <button type="button" onClick={() => void settle(entry)}>
            {entry.deletedAt ? 'Keep it deleted' : 'Keep this one'}
          </button>
        </section>
      ))}
      {base && merge === undefined && (
        <button
          type="button"
          onClick={() => setMerge([...new Set(written.map(({ text }) => text))].join('\n\n'))}
        >
          Combine them
        </button>
      )}
      {base && merge !== undefined && (
        <form
          class="editor sheet"
          onSubmit={(event) => {
            event.preventDefault();
            void settle({ ...base, text: merge });
          }}
        >
          <textarea
            class="text-field"
            aria-label="Merged text"
            dir="auto"
            rows={8}
            value={merge}
            onInput={(event) => setMerge(event.currentTarget.value)}
          />
          <div class="row">
            <button type="submit" class="primary">
              Save the merged text
            </button>
          </div>
        </form>
      )}
    </div>
  );
}

/** The version that is shown until someone chooses; `undefined` if only the bytes of the lines decide. */
function shownOf(heads: readonly HistoryEntry[]): HistoryEntry | undefined {
  const timeOf = ({ updatedAt, createdAt }: HistoryEntry) => updatedAt ?? createdAt;
  const written = heads.filter(({ deletedAt }) => deletedAt === undefined);
  const among = written.length > 0 ? written : heads;
  const last = among.map(timeOf).sort().at(-1);
  const latest = among.filter((entry) => timeOf(entry) === last);
  return latest.length === 1 ? latest[0] : undefined;
}
