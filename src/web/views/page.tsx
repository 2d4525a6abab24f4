import { useEffect, useState } from 'preact/hooks';
import { goLive } from '../actions/live.ts';
import { followHistory } from '../actions/navigate.ts';
import { query } from '../state/query.ts';
import { session } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { Bar } from './bar.tsx';
import { Composer, focusComposer } from './compose/composer.tsx';
import { Dialogs } from './dialogs/dialogs.tsx';
import { RepositoriesPanel } from './repositories/repositories.tsx';
import { Search } from './search/search.tsx';
import { SignIn } from './sign-in.tsx';
import { Timeline } from './timeline/timeline.tsx';
import { Announcements, NoticeBar } from './ui/notices.tsx';
import { useShortcuts } from './use-shortcuts.ts';

export function Page() {
  const signedOut = useStore(session, (state) => state.signedOut);
  return (
    <>
      {signedOut ? <SignIn /> : <Desk />}
      <Announcements />
    </>
  );
}

/** Everything that needs the server's data: it goes live when it appears and stops when it leaves. */
function Desk() {
  const [panelOpen, setPanelOpen] = useState(false);
  const asked = useStore(query, (current) => current);
  useEffect(goLive, []);
  useEffect(followHistory, []);
  useShortcuts();
  // Whoever picks a repository in the panel wants to see its messages.
  useEffect(() => setPanelOpen(false), [asked]);
  return (
    <div class="desk">
      <button type="button" class="skip" onClick={focusComposer}>
        Skip to writing
      </button>
      <Bar panelOpen={panelOpen} onTogglePanel={() => setPanelOpen(!panelOpen)} />
      <RepositoriesPanel open={panelOpen} onClose={() => setPanelOpen(false)} />
      <main class="main">
        <Search />
        <Timeline />
        <NoticeBar />
        <Composer />
      </main>
      <Dialogs />
    </div>
  );
}
