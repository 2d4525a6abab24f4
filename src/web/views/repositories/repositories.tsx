import { loadRepositories, syncNow } from '../../actions/repositories.ts';
import { primaryFirst, repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { ProblemBox } from '../ui/problem.tsx';
import { useMinute } from '../ui/use-now.ts';
import { AddRepository } from './add-repository.tsx';
import { RepositoryItem } from './repository.tsx';
import { RunSummary } from './run-summary.tsx';

/** The repositories. Their order does not depend on their state. */
export function RepositoriesPanel() {
  const { list, status, problem, running } = useStore(repositories, (state) => state);
  const now = useMinute();
  const busy = list.some(({ name }) => name in running);
  return (
    <aside id="repositories" class="panel" aria-labelledby="repositories-title">
      <h2 id="repositories-title" class="side-title">
        Repositories
      </h2>
      {list.length > 1 && (
        <div class="row">
          <button
            type="button"
            class="pill"
            aria-disabled={busy}
            onClick={() => busy || void syncNow('push')}
          >
            Push all
          </button>
          <button
            type="button"
            class="pill"
            aria-disabled={busy}
            onClick={() => busy || void syncNow('pull')}
          >
            Pull all
          </button>
        </div>
      )}
      <RunSummary />
      {status === 'loading' && <p class="hint">Loading repositories…</p>}
      {status === 'failed' && list.length === 0 && problem && (
        <ProblemBox problem={problem}>
          <button type="button" onClick={() => void loadRepositories()}>
            Try again
          </button>
        </ProblemBox>
      )}
      <ul class="repositories">
        {primaryFirst(list).map((repository) => (
          <RepositoryItem
            key={repository.name}
            repository={repository}
            isOnly={list.length === 1}
            now={now}
          />
        ))}
      </ul>
      <AddRepository />
    </aside>
  );
}
