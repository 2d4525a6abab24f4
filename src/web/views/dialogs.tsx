import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type History, readHistory } from '../actions/history.ts';
import type { Problem } from '../api/problem.ts';
import { dialog } from '../state/dialog.ts';
import { useStore } from '../state/store.ts';
import { ConflictView } from './conflict.tsx';
import { HistoryView } from './history.tsx';
import { CloseIcon } from './icons.tsx';
import { ProblemBox } from './problem.tsx';

const close = () => dialog.dispatch(null);

/** What stands over the page, if anything does. */
export function Dialogs() {
  const shown = useStore(dialog, (state) => state);
  if (shown === null) return null;
  const isHistory = shown.kind === 'history';
  return (
    <Modal key={`${shown.kind} ${shown.id}`} title={isHistory ? 'History' : 'Settle a conflict'}>
      <WithHistory id={shown.id}>
        {(history, readAgain) =>
          isHistory ? (
            <HistoryView {...history} onDone={close} onOutdated={readAgain} />
          ) : (
            <ConflictView {...history} onDone={close} onOutdated={readAgain} />
          )
        }
      </WithHistory>
    </Modal>
  );
}

/** A dialog of the browser's own: it keeps the focus, closes with Escape, and gives the focus back. */
function Modal({ title, children }: { title: string; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = element;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Escape and the button.
    <dialog
      ref={element}
      class="modal"
      aria-labelledby="modal-title"
      onClose={close}
      onClick={(event) => event.target === element.current && close()}
    >
      <div class="modal-sheet">
        <div class="modal-head">
          <h2 id="modal-title">{title}</h2>
          <button type="button" class="quiet" onClick={close}>
            <CloseIcon />
            <span class="unseen">Close</span>
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

interface WithHistoryProps {
  readonly id: string;
  readonly children: (history: History, readAgain: () => void) => ComponentChildren;
}

function WithHistory({ id, children }: WithHistoryProps) {
  const [history, setHistory] = useState<History>();
  const [problem, setProblem] = useState<Problem>();
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    void readHistory(id).then((answer) => {
      if (!isCurrent) return;
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setHistory(answer.body);
    });
    return () => {
      isCurrent = false;
    };
  }, [id, asked]);
  const readAgain = () => setAsked((count) => count + 1);
  if (problem) {
    return (
      <ProblemBox problem={problem}>
        <button type="button" onClick={readAgain}>
          Try again
        </button>
      </ProblemBox>
    );
  }
  return <>{history ? children(history, readAgain) : <p class="hint">Loading…</p>}</>;
}
