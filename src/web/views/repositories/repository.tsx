import type { RepositoryStatus, SyncResult } from '../../../contract/repository.ts';
import { isFailure, needsPerson } from '../../../domain/repository.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { count, countsInWords, progressInWords, resultInWords, stateInWords } from '../../text/words.ts';
import { FilterLink } from '../search/filter-link.tsx';
import { RepositorySettings } from './repository-settings.tsx';
import { Resolve } from './resolve.tsx';
import { SyncButtons } from './sync-buttons.tsx';

/** One repository: its name, its status, and buttons to push and pull. */
export function RepositoryItem({ repository, isOnly, now }: ItemProps) {
  const { name, state } = repository;
  const direction = useStore(repositories, ({ running }) => running[name]);
  return (
    <li class="repository" data-state={state} data-needs-you={needsPerson(repository)}>
      <div class="repository-line">
        <span
          class="dot"
          data-tone={needsPerson(repository) ? 'bad' : repository.ahead > 0 ? 'due' : undefined}
        />
        <h3 class="repository-name" tabIndex={-1}>
          <FilterLink to={{ repository: name }} title="Only messages in this repository">
            <bdi>{name}</bdi>
          </FilterLink>
          {repository.primary && <span class={isOnly ? 'unseen' : 'mark'}>primary</span>}
        </h3>
        <SyncButtons repository={repository} direction={direction} />
      </div>
      <Status repository={repository} />
      {state === 'rewritten' && <Resolve name={name} />}
      <Problems repository={repository} />
      <ProgressLine name={name} running={direction !== undefined || state === 'cloning'} />
      <RepositorySettings repository={repository} now={now} />
    </li>
  );
}

interface ItemProps {
  readonly repository: RepositoryStatus;
  readonly isOnly: boolean;
  readonly now: number;
}

/**
 * A single line of status: what git is doing, what went wrong, the result of the last sync, or what is to be pushed.
 */
function Status({ repository }: { repository: RepositoryStatus }) {
  const { name, error, ahead, state } = repository;
  const direction = useStore(repositories, ({ running }) => running[name]);
  const known = useStore(repositories, ({ progress }) => progress[name]);
  const result = useStore(repositories, ({ results }) => results[name]);
  if (direction !== undefined || state === 'cloning') {
    return <p class="repository-state">{known ? progressInWords(known) : WORKING[direction ?? 'clone']}</p>;
  }
  const trouble = result && isFailure(result.status) ? result : error;
  if (trouble) {
    return (
      <div class="repository-state trouble">
        <p>
          {trouble.detail} {trouble.action}
        </p>
        {result && <Counts result={result} />}
        {ahead > 0 && <p class="hint">{ahead.toLocaleString()} to push</p>}
      </div>
    );
  }
  return <p class="repository-state">{result ? resultInWords(result) : stateInWords(repository)}</p>;
}

const WORKING = { push: 'Pushing…', pull: 'Pulling…', clone: 'Cloning…' } as const;

/** What a failed sync has transferred all the same. */
function Counts({ result }: { result: SyncResult }) {
  const words = countsInWords(result);
  return words === '' ? null : <p class="hint">{words}</p>;
}

function Problems({ repository: { problems } }: { repository: RepositoryStatus }) {
  if (problems.length === 0) return null;
  return (
    <details class="problems">
      <summary>{count(problems.length, 'problem')}</summary>
      <ul>
        {problems.map(({ file, line, reason }) => (
          <li key={`${file}:${line}:${reason}`}>
            <code>{line === null ? file : `${file}:${line}`}</code> {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** It always takes up its place, so nothing moves when the work starts. */
function ProgressLine({ name, running }: { name: string; running: boolean }) {
  const progress = useStore(repositories, (state) => state.progress[name]);
  if (!running) return <div class="progress" />;
  if (!progress) return <progress class="progress" aria-label={`Working on ${name}`} />;
  const label = `${name}: ${progressInWords(progress)}`;
  return <progress class="progress" max={100} value={progress.percent} aria-label={label} title={label} />;
}
