import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Choice {
  readonly label: string;
  readonly choose: () => void;
}

/** Asks before continuing. The first choice is the safe one and gets the focus. */
export function Question({ text, choices }: { text: string; choices: readonly Choice[] }) {
  const id = useId();
  const first = useRef<HTMLButtonElement>(null);
  // Read before the question is rendered, since it may replace the button that led to it.
  const [asker] = useState(() => document.activeElement);
  useLayoutEffect(() => first.current?.focus(), []);
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // Whatever contains the question also closes with this key, but that is not meant.
    event.stopPropagation();
    event.preventDefault();
    const around = first.current?.closest('details')?.querySelector('summary');
    choices[0]?.choose();
    // The question disappears in the next frame, and the focus must not be lost with it.
    requestAnimationFrame(() => {
      const back = asker?.isConnected && asker !== document.body ? asker : around;
      if (back instanceof HTMLElement) back.focus();
    });
  };
  return (
    <div class="question" role="alertdialog" aria-labelledby={id} onKeyDown={leave}>
      <p id={id}>{text}</p>
      <div class="row">
        {choices.map(({ label, choose }, index) => (
          <button key={label} type="button" ref={index === 0 ? first : null} onClick={choose}>
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
