import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { CloseIcon } from './icons.tsx';

interface Props {
  readonly title: string;
  /** Next to the timeline rather than in the middle. */
  readonly beside?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A native dialog: it traps the focus, closes with Escape, and returns the focus. */
export function Modal({ title, beside, onClose, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  // Before the next key press: behind an open dialog, letters are not shortcuts.
  useLayoutEffect(() => {
    const { current } = element;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Escape and the button.
    <dialog
      ref={element}
      class={beside ? 'modal beside' : 'modal'}
      aria-labelledby="modal-title"
      onClose={onClose}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div class="modal-sheet">
        <div class="modal-head">
          <h2 id="modal-title">{title}</h2>
          <button type="button" class="quiet" onClick={onClose}>
            <CloseIcon />
            <span class="unseen">Close</span>
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
