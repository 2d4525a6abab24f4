import { useState } from 'preact/hooks';
import { undoRemove } from '../../actions/messages.ts';

/** The place of a message that was deleted here. The delete is a commit like any other, and can be undone. */
export function Removed({ id }: { id: string }) {
  const [busy, setBusy] = useState(false);

  const bringBack = async () => {
    if (busy) return;
    setBusy(true);
    await undoRemove(id);
    setBusy(false);
  };
  return (
    <p class="removed">
      Message deleted.
      <button type="button" class="link" aria-disabled={busy} onClick={() => void bringBack()}>
        Undo
      </button>
    </p>
  );
}
