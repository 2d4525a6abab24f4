import { useMemo, useState } from 'preact/hooks';
import type { HistoryEntry } from '../../../contract/message.ts';
import { useReading } from '../../state/reading.ts';
import { makerOf } from '../../text/maker.ts';
import { exact, shortWhen } from '../../text/time.ts';
import { shortCommit, TYPE_WORDS } from '../../text/words.ts';
import { Files } from './files.tsx';

interface RevisionHeadProps {
  readonly entry: HistoryEntry;
  /** The author of the first revision. */
  readonly original: string;
}

/** Who made a revision, when and on which device, and its commits. */
export function RevisionHead({ entry, original }: RevisionHeadProps) {
  const when = entry.updatedAt ?? entry.createdAt;
  const { who, committer, device } = makerOf(entry, original);
  return (
    <p class="revision-head">
      <bdi class="revision-author">{who}</bdi>
      <time datetime={when} title={exact(when)}>
        {shortWhen(when)}
      </time>
      {committer !== undefined && (
        <span>
          committed by <bdi>{committer}</bdi>
        </span>
      )}
      {device !== undefined && (
        <span>
          on <bdi>{device}</bdi>
        </span>
      )}
      {entry.commits.map(({ repository, commit }) => (
        <span key={repository} class="mark" title={commit ?? undefined}>
          {repository} {commit !== null && <code>{shortCommit(commit)}</code>}
        </span>
      ))}
    </p>
  );
}

/** The content of a revision. Its changes are shown on request. */
export function RevisionText({ before, after }: { before: HistoryEntry | undefined; after: HistoryEntry }) {
  const [isCompared, setCompared] = useState(false);
  return (
    <>
      {before && <FieldChanges before={before} after={after} />}
      <Difference before={isCompared ? before : undefined} after={after} />
      <Files message={after.id} attachments={after.attachments} />
      {before && before.text !== after.text && (
        <button type="button" class="link" aria-pressed={isCompared} onClick={() => setCompared(!isCompared)}>
          Show changes
        </button>
      )}
    </>
  );
}

/** A text with what was removed from an earlier one, and what was added. */
function Difference({ before, after }: { before: HistoryEntry | undefined; after: HistoryEntry }) {
  const reading = useReading();
  const changes = useMemo(
    () =>
      before &&
      reading?.changesBetween(before.text, after.text, after.type === 'code' || before.type === 'code'),
    [reading, before, after],
  );
  const parts = changes ?? [{ kind: 'same', text: after.text } as const];
  return (
    <div class="difference" dir="auto" data-type={after.type}>
      {parts.map(({ kind, text }, index) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: the parts of one text have no other identity.
        if (kind === 'added') return <ins key={index}>{text}</ins>;
        if (kind === 'removed') return <del key={index}>{text}</del>;
        // biome-ignore-end lint/suspicious/noArrayIndexKey: see above.
        return text;
      })}
    </div>
  );
}

const FIELDS = ['author', 'type', 'language', 'url', 'done'] as const;
const NAMES = { author: 'Author', type: 'Type', language: 'Language', url: 'Address', done: 'Task' } as const;

function FieldChanges({ before, after }: { before: HistoryEntry; after: HistoryEntry }) {
  const changed = FIELDS.filter((field) =>
    field === 'done' ? Boolean(before.done) !== Boolean(after.done) : before[field] !== after[field],
  );
  return (
    <>
      {changed.map((field) => (
        <p key={field} class="hint">
          {NAMES[field]}: {inWords(field, before[field])} → {inWords(field, after[field])}
        </p>
      ))}
    </>
  );
}

function inWords(field: (typeof FIELDS)[number], value: string | boolean | undefined): string {
  if (field === 'done') return value ? 'done' : 'open';
  if (value === undefined) return 'none';
  return field === 'type' ? (TYPE_WORDS[String(value)] ?? String(value)) : String(value);
}
