import { useId, useLayoutEffect, useRef } from 'preact/hooks';

export interface Choice {
  readonly label: string;
  readonly choose: () => void;
}

/** Asks before going on. The first choice is the careful one and gets the focus. */
export function Question({ text, choices }: { text: string; choices: readonly Choice[] }) {
  const id = useId();
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  return (
    <div class="question" role="alertdialog" aria-labelledby={id}>
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
