import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { undoRemove } from '../actions/messages.ts';

/** The place of a message that was deleted here: the delete is a commit like any other, and can be answered. */
export function Removed({ id }: { id: string }) {
  const undo = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  // The button that was pressed has gone with the message; the keyboard goes on from the way back, at once:
  // a key that is pressed before the next frame is meant for it.
  useLayoutEffect(() => undo.current?.focus({ preventScroll: true }), []);

  const bringBack = async () => {
    if (busy) return;
    setBusy(true);
    await undoRemove(id);
    setBusy(false);
  };
  return (
    <p class="removed">
      Message deleted.
      <button type="button" class="link" ref={undo} aria-disabled={busy} onClick={() => void bringBack()}>
        Undo
      </button>
    </p>
  );
}
