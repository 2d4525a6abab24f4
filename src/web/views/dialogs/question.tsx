import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Choice {
  readonly label: string;
  readonly choose: () => void;
}

/** Asks before going on. The first choice is the careful one and gets the focus. */
export function Question({ text, choices }: { text: string; choices: readonly Choice[] }) {
  const id = useId();
  const first = useRef<HTMLButtonElement>(null);
  // Read before the question stands there, since it may take the place of what led to it.
  const [asker] = useState(() => document.activeElement);
  useLayoutEffect(() => first.current?.focus(), []);
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // What is around the question closes with this key too, and is not meant.
    event.stopPropagation();
    event.preventDefault();
    const around = first.current?.closest('details')?.querySelector('summary');
    choices[0]?.choose();
    // The question leaves with the next frame, and the focus must not go with it.
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
