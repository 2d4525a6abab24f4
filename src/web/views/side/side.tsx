import { useEffect, useRef } from 'preact/hooks';
import { signOut } from '../../actions/session.ts';
import { session } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import { RepositoriesPanel } from '../repositories/repositories.tsx';
import { DialogLink } from '../ui/dialog-link.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import { SavedSearches, Tags, Views } from './views.tsx';

/** Navigation and the repositories: next to the timeline or, on narrow screens, over it when it is open. */
export function Side({ open, onClose }: { open: boolean; onClose: () => void }) {
  const canSignOut = useStore(session, (state) => state.canSignOut);
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) close.current?.focus();
  }, [open]);

  const shut = () => {
    onClose();
    document.querySelector<HTMLElement>('[aria-controls=side]')?.focus();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keyboard has Escape and the button. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above. */}
      {open && <div class="side-backdrop" onClick={shut} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what is in it. */}
      <div
        id="side"
        class="side"
        data-open={open}
        onKeyDown={(event) => event.key === 'Escape' && open && !leaveQuestion(event.currentTarget) && shut()}
      >
        <button type="button" class="quiet side-close" ref={close} onClick={shut}>
          <CloseIcon />
          <span class="unseen">Close menu</span>
        </button>
        <Views />
        <SavedSearches />
        <Tags />
        <RepositoriesPanel />
        <div class="side-foot">
          <DialogLink opens={{ kind: 'import' }}>Import</DialogLink>
          <DialogLink opens={{ kind: 'export' }}>Export</DialogLink>
          <DialogLink opens={{ kind: 'settings' }}>Settings</DialogLink>
          <DialogLink opens={{ kind: 'keys' }}>Keyboard shortcuts</DialogLink>
          {canSignOut && (
            <button type="button" class="link" onClick={() => void signOut()}>
              Sign out
            </button>
          )}
        </div>
      </div>
    </>
  );
}

/** Takes the safe answer to an open question, wherever the focus is. Returns whether there was a question. */
function leaveQuestion(side: HTMLElement): boolean {
  const careful = side.querySelector<HTMLElement>('[role="alertdialog"] button');
  careful?.click();
  return careful !== null;
}
