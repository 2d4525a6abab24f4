import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type History, readHistory } from '../../actions/history.ts';
import type { Problem } from '../../api/problem.ts';
import { dialog } from '../../state/dialog.ts';
import { useStore } from '../../state/store.ts';
import { ImportView } from '../import/import.tsx';
import { Modal } from '../ui/modal.tsx';
import { ProblemBox } from '../ui/problem.tsx';
import { Activity } from './activity.tsx';
import { ConflictView } from './conflict.tsx';
import { ExportView } from './export.tsx';
import { HistoryView } from './history.tsx';
import { Keys } from './keys.tsx';
import { OnThisDay } from './on-this-day.tsx';
import { Palette } from './palette.tsx';
import { SettingsView } from './settings.tsx';
import { ThreadView } from './thread.tsx';
import { Viewer } from './viewer.tsx';

/** The open dialog, if there is one. */
export function Dialogs() {
  const shown = useStore(dialog, (state) => state);
  if (shown === null) return null;
  // The browser reports only later that it has closed a dialog. Another one may be open by then.
  const close = () => dialog.get() === shown && dialog.dispatch(null);
  if (shown.kind === 'activity') {
    return (
      <Modal key="activity" title="Activity" onClose={close}>
        <Activity onDone={close} />
      </Modal>
    );
  }
  if (shown.kind === 'on-this-day') {
    return (
      <Modal key="on-this-day" title="On this day" onClose={close}>
        <OnThisDay onDone={close} />
      </Modal>
    );
  }
  if (shown.kind === 'picture') {
    const { message, pictures, sha256 } = shown;
    return <Viewer key={sha256} message={message} pictures={pictures} sha256={sha256} onClose={close} />;
  }
  if (shown.kind === 'palette') return <Palette onClose={close} />;
  if (shown.kind === 'settings') {
    return (
      <Modal key="settings" title="Settings" onClose={close}>
        <SettingsView />
      </Modal>
    );
  }
  if (shown.kind === 'import') {
    return (
      <Modal key="import" title="Import" onClose={close}>
        <ImportView onDone={close} />
      </Modal>
    );
  }
  if (shown.kind === 'export') {
    return (
      <Modal key="export" title="Export" onClose={close}>
        <ExportView />
      </Modal>
    );
  }
  if (shown.kind === 'keys') {
    return (
      <Modal key="keys" title="Keyboard shortcuts" onClose={close}>
        <Keys />
      </Modal>
    );
  }
  if (shown.kind === 'thread') {
    return (
      <Modal key={`thread ${shown.id}`} title="Thread" beside onClose={close}>
        <ThreadView id={shown.id} onDone={close} />
      </Modal>
    );
  }
  const isHistory = shown.kind === 'history';
  return (
    <Modal
      key={`${shown.kind} ${shown.id}`}
      title={isHistory ? 'History' : 'Resolve conflict'}
      onClose={close}
    >
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
