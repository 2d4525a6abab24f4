import { useState } from 'preact/hooks';
import type { ImportResult } from '../../../contract/import.ts';
import { navigate } from '../../actions/navigate.ts';
import type { ImportOptions } from '../../api/import.ts';
import { EVERYTHING } from '../../state/query.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { FORMAT_WORDS, skippedInWords } from '../../text/formats.ts';
import { dayOf, fullDay } from '../../text/time.ts';
import { count } from '../../text/words.ts';

interface Props {
  readonly result: ImportResult;
  /** Whether it was imported, rather than only counted. */
  readonly isDone: boolean;
  readonly repository: string;
  readonly onImport: (choices: Pick<ImportOptions, 'repository' | 'conversations'>) => void;
  readonly onAnother: () => void;
  readonly onClose: () => void;
}

/** What an export contains and what an import would do with it, or has done. */
export function ImportSummary({ result, isDone, repository, onImport, onAnother, onClose }: Props) {
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const list = useStore(repositories, (state) => state.list);
  const [target, setTarget] = useState(repository || (list.find(({ primary }) => primary)?.name ?? ''));
  const names = list.map(({ name }) => name);
  const wanted = result.conversations.filter(({ id }) => !leftOut.has(id));
  const toggle = (id: string) => {
    const next = new Set(leftOut);
    if (!next.delete(id)) next.add(id);
    setLeftOut(next);
  };
  const show = () => {
    onClose();
    navigate({
      ...EVERYTHING,
      repository: names.length > 1 ? target : '',
      at: result.to ? dayOf(result.to) : '',
    });
  };
  const fresh = result.created + result.updated;
  return (
    <div class="import-summary">
      <p role="status">{isDone ? doneInWords(result) : foundInWords(result)}</p>
      {!isDone && result.conversations.length > 1 && (
        <fieldset class="choices conversations">
          <legend>Conversations</legend>
          {result.conversations.map(({ id, name, messages }) => (
            <label key={id}>
              <input type="checkbox" checked={!leftOut.has(id)} onChange={() => toggle(id)} />
              <span>
                <bdi>{name}</bdi> <span class="hint">{count(messages, 'message')}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {result.authors.length > 0 && !isDone && (
        <p class="hint">
          Written by{' '}
          {result.authors
            .slice(0, MOST_AUTHORS)
            .map(({ author }) => author)
            .join(', ')}
          {result.authors.length > MOST_AUTHORS && ` and ${result.authors.length - MOST_AUTHORS} more`}
        </p>
      )}
      <Skipped result={result} />
      {!isDone && names.length > 1 && (
        <label class="setting-row">
          <span>Import into</span>
          <select value={target} onChange={(event) => setTarget(event.currentTarget.value)}>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="row">
        {isDone ? (
          <button type="button" class="primary" onClick={show}>
            Show them
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            aria-disabled={fresh === 0 || wanted.length === 0}
            onClick={() =>
              fresh > 0 &&
              wanted.length > 0 &&
              onImport({
                repository: target,
                ...(leftOut.size > 0 && { conversations: wanted.map(({ id }) => id) }),
              })
            }
          >
            Import
          </button>
        )}
        <button type="button" onClick={onAnother}>
          Another file
        </button>
      </div>
    </div>
  );
}

const MOST_AUTHORS = 8;

function Skipped({ result: { skipped } }: { result: ImportResult }) {
  if (skipped.length === 0) return null;
  return (
    <details>
      <summary>Left out or shortened</summary>
      <dl class="sources">
        {skipped.map(({ reason, count: number, examples }) => (
          <div key={reason}>
            <dt>
              {skippedInWords(reason)}: {number.toLocaleString()}
            </dt>
            <dd>
              <bdi>{examples.join(' · ')}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function foundInWords({ format, created, updated, present, from, to, attachments }: ImportResult): string {
  const source = FORMAT_WORDS[format] ?? format;
  if (created + updated + present === 0) return `No messages were found in this file of ${source}.`;
  const span = from && to ? `, ${spanInWords(dayOf(from), dayOf(to))}` : '';
  const known =
    present > 0 ? ` ${count(present, 'message')} of it ${present === 1 ? 'is' : 'are'} here already.` : '';
  if (created + updated === 0) return `Everything in this file of ${source} is here already.`;
  return `From ${source}: ${countsInWords(created, updated, 'to update')}${filesInWords(attachments)}${span}.${known}`;
}

const spanInWords = (first: string, last: string): string =>
  first === last ? `on ${fullDay(first)}` : `from ${fullDay(first)} to ${fullDay(last)}`;

function doneInWords({ created, updated, present }: ImportResult): string {
  const known =
    present > 0 ? ` ${count(present, 'message')} ${present === 1 ? 'was' : 'were'} here already.` : '';
  return `Imported: ${countsInWords(created, updated, 'updated')}.${known}`;
}

const filesInWords = (files: number): string => (files === 0 ? '' : `, with ${count(files, 'file')}`);

const countsInWords = (created: number, updated: number, words: string): string =>
  [
    ...(created > 0 || updated === 0 ? [count(created, 'new message')] : []),
    ...(updated > 0 ? [`${updated.toLocaleString()} ${words}`] : []),
  ].join(', ');
