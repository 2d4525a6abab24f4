import type { RepositoryStatus, SyncResult } from '../../../contract/repository.ts';
import { isFailure, needsPerson } from '../../../domain/repository.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { ago, exact } from '../../text/time.ts';
import { count, progressInWords, resultInWords, stateInWords } from '../../text/words.ts';
import { FilterLink } from '../search/filter-link.tsx';
import { RepositorySettings } from './repository-settings.tsx';
import { Resolve } from './resolve.tsx';
import { SyncButtons } from './sync-buttons.tsx';

export function RepositoryItem({ repository, now }: { repository: RepositoryStatus; now: number }) {
  const { name } = repository;
  const direction = useStore(repositories, (state) => state.running[name]);
  const result = useStore(repositories, (state) => state.results[name]);
  return (
    <li class="repository" data-state={repository.state} data-needs-you={needsPerson(repository)}>
      <h3 class="repository-name" tabIndex={-1}>
        <FilterLink to={{ repository: name }} title="Only messages in this repository">
          {name}
        </FilterLink>
        {repository.primary && <span class="mark">primary</span>}
      </h3>
      <Status repository={repository} now={now} />
      {result && <Result result={result} />}
      {repository.error && !result && <Trouble {...repository.error} />}
      {repository.state === 'rewritten' && <Resolve name={name} />}
      <Problems repository={repository} />
      <div class="repository-foot">
        <SyncButtons repository={repository} direction={direction} />
        <ProgressLine name={name} running={direction !== undefined || repository.state === 'cloning'} />
        <RepositorySettings repository={repository} />
      </div>
    </li>
  );
}

function Status({ repository, now }: { repository: RepositoryStatus; now: number }) {
  const { ahead, behind, lastSync, messages, branch, url } = repository;
  const isBusy = useStore(repositories, (state) => repository.name in state.running);
  const known = useStore(repositories, (state) => state.progress[repository.name]);
  const progress = isBusy || repository.state === 'cloning' ? known : undefined;
  return (
    <>
      <p class="repository-state">{progress ? progressInWords(progress) : stateInWords(repository)}</p>
      <p class="hint" title={`${url} (${branch})`}>
        {count(messages, 'message')}
        {repository.state !== 'ready' && ahead > 0 && ` · ${ahead.toLocaleString()} to push`}
        {repository.state !== 'ready' && behind > 0 && ` · ${behind.toLocaleString()} to pull`}
        {' · '}
        {lastSync ? (
          <time datetime={lastSync} title={exact(lastSync)}>
            synced {ago(lastSync, now)}
          </time>
        ) : (
          'never synced'
        )}
      </p>
    </>
  );
}

function Result({ result }: { result: SyncResult }) {
  return (
    <div class="result" data-bad={isFailure(result.status)}>
      <p>{resultInWords(result)}</p>
      {isFailure(result.status) && <Trouble detail={result.detail} action={result.action} />}
    </div>
  );
}

function Trouble({ detail, action }: { detail: string; action: string }) {
  return (
    <div class="trouble">
      <p class="hint">{detail}</p>
      {action && <p>{action}</p>}
    </div>
  );
}

function Problems({ repository: { problems } }: { repository: RepositoryStatus }) {
  if (problems.length === 0) return null;
  return (
    <details class="problems">
      <summary>{count(problems.length, 'thing')} to look at</summary>
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

/** Its place is always there, so that nothing moves when the work begins. */
function ProgressLine({ name, running }: { name: string; running: boolean }) {
  const progress = useStore(repositories, (state) => state.progress[name]);
  if (!running) return <div class="progress" />;
  if (!progress) return <progress class="progress" aria-label={`Working on ${name}`} />;
  const label = `${name}: ${progressInWords(progress)}`;
  return <progress class="progress" max={100} value={progress.percent} aria-label={label} title={label} />;
}
