import type { ComponentChildren } from 'preact';
import { type Dialog, dialog } from '../../state/dialog.ts';

/** A text link that opens a dialog. */
export function DialogLink({ opens, children }: { opens: Dialog; children: ComponentChildren }) {
  return (
    <button type="button" class="link" aria-haspopup="dialog" onClick={() => dialog.dispatch(opens)}>
      {children}
    </button>
  );
}
