import { useEffect, useRef } from 'preact/hooks';
import { loadRepositories, syncNow } from '../../actions/repositories.ts';
import { signOut } from '../../actions/session.ts';
import { dialog } from '../../state/dialog.ts';
import { inOrderOfNeed, repositories } from '../../state/repositories.ts';
import { session } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import { CloseIcon } from '../ui/icons.tsx';
import { ProblemBox } from '../ui/problem.tsx';
import { useMinute } from '../ui/use-now.ts';
import { AddRepository } from './add-repository.tsx';
import { RepositoryItem } from './repository.tsx';
import { RunSummary } from './run-summary.tsx';

/** The repositories beside the timeline; on narrow screens over it, when it is open. */
export function RepositoriesPanel({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { list, status, problem, running } = useStore(repositories, (state) => state);
  const canSignOut = useStore(session, (state) => state.canSignOut);
  const now = useMinute();
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) close.current?.focus();
  }, [open]);

  const shut = () => {
    onClose();
    document.querySelector<HTMLElement>('[aria-controls=repositories]')?.focus();
  };
  const busy = list.length === 0 || list.some(({ name }) => name in running);
  return (
    <aside
      id="repositories"
      class="panel"
      aria-labelledby="repositories-title"
      data-open={open}
      onKeyDown={(event) => event.key === 'Escape' && open && !leaveQuestion(event.currentTarget) && shut()}
    >
      <div class="panel-head">
        <h2 id="repositories-title">Repositories</h2>
        <button type="button" class="quiet panel-close" ref={close} onClick={shut}>
          <CloseIcon />
          <span class="unseen">Close repositories</span>
        </button>
      </div>
      <div class="row">
        <button
          type="button"
          class="primary"
          aria-disabled={busy}
          onClick={() => busy || void syncNow('push')}
        >
          Push all
        </button>
        <button type="button" aria-disabled={busy} onClick={() => busy || void syncNow('pull')}>
          Pull all
        </button>
      </div>
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
        {inOrderOfNeed(list).map((repository) => (
          <RepositoryItem key={repository.name} repository={repository} now={now} />
        ))}
      </ul>
      <AddRepository />
      <div class="panel-foot">
        <button
          type="button"
          class="link"
          aria-haspopup="dialog"
          onClick={() => dialog.dispatch({ kind: 'activity' })}
        >
          Activity
        </button>
        <button
          type="button"
          class="link"
          aria-haspopup="dialog"
          onClick={() => dialog.dispatch({ kind: 'keys' })}
        >
          Keyboard shortcuts
        </button>
        {canSignOut && (
          <button type="button" class="link" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
      </div>
    </aside>
  );
}

/** Takes the careful answer to a question that is open, wherever the focus is; answers whether there was one. */
function leaveQuestion(panel: HTMLElement): boolean {
  const careful = panel.querySelector<HTMLElement>('[role="alertdialog"] button');
  careful?.click();
  return careful !== null;
}
