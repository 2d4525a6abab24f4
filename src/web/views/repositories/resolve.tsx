import { useState } from 'preact/hooks';
import { keepSide } from '../../actions/repositories.ts';
import type { Problem } from '../../api/problem.ts';
import { Question } from '../dialogs/question.tsx';
import { FieldError } from '../ui/problem.tsx';

/** The choice that a rewritten history is waiting for. */
export function Resolve({ name }: { name: string }) {
  const [asking, setAsking] = useState<'local' | 'remote'>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const settle = async (keep: 'local' | 'remote') => {
    setAsking(undefined);
    setBusy(true);
    setProblem(await keepSide(name, keep));
    setBusy(false);
  };
  if (busy) return <p class="hint">Working on it…</p>;
  return (
    <div class="resolve">
      <ul class="choices">
        <li>
          <button type="button" class="primary" onClick={() => setAsking('local')}>
            Bring all messages back…
          </button>
          <p class="hint">Nothing is lost: both sides end up with every message.</p>
        </li>
        <li>
          <button type="button" onClick={() => setAsking('remote')}>
            Follow the remote…
          </button>
          <p class="hint">Choose this if someone removed something on purpose.</p>
        </li>
      </ul>
      {asking === 'local' && (
        <Question
          text={`Bring back everything that ${name} lost? The next push sends it to the remote again, including anything that was removed on purpose.`}
          choices={[
            { label: 'Not now', choose: () => setAsking(undefined) },
            { label: 'Bring it back', choose: () => void settle('local') },
          ]}
        />
      )}
      {asking === 'remote' && (
        <Question
          text={`Drop the messages that the remote of ${name} no longer has? Messages that were never pushed are kept.`}
          choices={[
            { label: 'Not now', choose: () => setAsking(undefined) },
            { label: 'Follow the remote', choose: () => void settle('remote') },
          ]}
        />
      )}
      <FieldError id={`resolve-${name}`} text={problem?.detail} />
    </div>
  );
}
