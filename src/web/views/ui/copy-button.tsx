import { useEffect, useState } from 'preact/hooks';
import { copy } from '../../actions/copy.ts';
import { CopyIcon, DoneIcon } from './icons.tsx';

const SHOWN_MS = 2000;

/** Copies a text, and briefly confirms it. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  return (
    <button
      type="button"
      class="quiet copy"
      data-done={isDone}
      onClick={async () => setDone(await copy(text))}
    >
      {isDone ? <DoneIcon /> : <CopyIcon />}
      <span class="unseen">Copy {what}</span>
    </button>
  );
}
