import { forgetMessages, keepMessages } from '../state/kept-pages.ts';
import { forgetSide } from '../state/last-side.ts';
import { isEverything, query } from '../state/query.ts';
import { session } from '../state/session.ts';
import { timeline } from '../state/timeline.ts';

/** Four pages. For most people that is several days, and it is little to store. */
const MOST = 200;
/** Several changes within this time are stored once. In milliseconds. */
const WAIT = 1500;

/** Stores the newest shown messages, for when the server cannot be reached. Returns a function that stops this. */
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

/** Deletes what was stored as soon as the session ends, in any tab. */
export function forgetAtSignOut(): void {
  session.subscribe(() => {
    if (!session.get().signedOut) return;
    forgetSide();
    void forgetMessages();
  });
}
