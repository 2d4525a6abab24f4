import { useEffect, useState } from 'preact/hooks';
import { goLive } from '../actions/live.ts';
import { followHistory } from '../actions/navigate.ts';
import { query } from '../state/query.ts';
import { session } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { Bar } from './bar.tsx';
import { Composer, focusComposer } from './compose/composer.tsx';
import { Dialogs } from './dialogs/dialogs.tsx';
import { usePrint } from './print.tsx';
import { Applied } from './search/applied.tsx';
import { AsItWas } from './search/as-it-was.tsx';
import { Search } from './search/search.tsx';
import { Side } from './side/side.tsx';
import { SignIn } from './sign-in.tsx';
import { Pins } from './timeline/pins.tsx';
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

/** Everything that needs the server's data. It connects when it is mounted, and disconnects when it is unmounted. */
function Desk() {
  const [sideOpen, setSideOpen] = useState(false);
  const asked = useStore(query, (current) => current);
  useEffect(goLive, []);
  useEffect(followHistory, []);
  useShortcuts();
  usePrint();
  // After choosing something in the side bar, a person wants to see it.
  useEffect(() => setSideOpen(false), [asked]);
  return (
    <div class="desk">
      <button type="button" class="skip" onClick={focusComposer}>
        Skip to writing
      </button>
      <Bar sideOpen={sideOpen} onToggleSide={() => setSideOpen(!sideOpen)} />
      <Side open={sideOpen} onClose={() => setSideOpen(false)} />
      <main class="main">
        <Search />
        <Applied />
        <AsItWas />
        <Pins />
        <Timeline />
        <NoticeBar />
        <Composer />
      </main>
      <Dialogs />
    </div>
  );
}
