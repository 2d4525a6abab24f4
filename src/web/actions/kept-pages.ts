import { forgetMessages, keepMessages } from '../state/kept-pages.ts';
import { isEverything, query } from '../state/query.ts';
import { session } from '../state/session.ts';
import { timeline } from '../state/timeline.ts';

/** Four pages are some days for most, and little to keep. */
const MOST = 200;
/** What changes again soon is kept once. In milliseconds. */
const WAIT = 1500;

/** Keeps the newest messages as they are shown, for when the server cannot be reached. Returns how to stop. */
export function keepWhatIsShown(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let kept: unknown;
  const keep = () => {
    const { status, messages, newer, removed } = timeline.get();
    if (status !== 'ready' || newer !== 'none' || !isEverything(query.get()) || messages === kept) return;
    if (session.get().signedOut) return;
    kept = messages;
    void keepMessages(messages.slice(-MOST).filter(({ id }) => !removed.has(id)));
  };
  const stop = timeline.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** Forgets what was kept as soon as the session ends, in whichever tab it did. */
export function forgetAtSignOut(): void {
  session.subscribe(() => {
    if (session.get().signedOut) void forgetMessages();
  });
}
