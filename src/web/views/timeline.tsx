import { useEffect, useMemo, useRef } from 'preact/hooks';
import { navigate } from '../actions/navigate.ts';
import { loadOlder, loadTimeline } from '../actions/timeline.ts';
import { EVERYTHING, isEverything, query } from '../state/query.ts';
import { useStore } from '../state/store.ts';
import { timeline } from '../state/timeline.ts';
import { finderOf } from '../text/hits.ts';
import { Day } from './day.tsx';
import { groupByDay } from './group.ts';
import { DownIcon } from './icons.tsx';
import { Finding } from './marked.tsx';
import { ProblemBox } from './problem.tsx';
import { useKeepPlace } from './use-keep-place.ts';
import { useToday } from './use-now.ts';

/** All messages that are asked for, oldest first, so that the newest stands where one writes. */
export function Timeline() {
  const state = useStore(timeline, (current) => current);
  const asked = useStore(query, (current) => current);
  const today = useToday();
  const scroller = useRef<HTMLElement>(null);
  const { away, toNewest } = useKeepPlace(scroller, state.messages);
  const days = useMemo(() => groupByDay(state.messages), [state.messages]);

  const find = useMemo(() => finderOf(asked.q), [asked.q]);

  useEffect(toNewest, [asked, state.wanted]);

  return (
    <div class="timeline-frame">
      <section
        class="timeline"
        ref={scroller}
        aria-label="Messages"
        aria-busy={state.status === 'loading'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus.
        tabIndex={0}
        data-stale={state.status === 'loading' && state.messages.length > 0}
      >
        <div class="timeline-content">
          <Beginning />
          <Finding.Provider value={find}>
            {days.map(({ day, messages }) => (
              <Day key={day} day={day} messages={messages} removed={state.removed} now={today} />
            ))}
          </Finding.Provider>
        </div>
      </section>
      {away && (
        <button type="button" class="to-newest" onClick={toNewest}>
          <DownIcon />
          {away.unseen > 0 ? `${away.unseen.toLocaleString()} new` : 'Newest'}
        </button>
      )}
    </div>
  );
}

/** What stands above the oldest message: more to load, the end, or why there is nothing. */
function Beginning() {
  const { status, problem, messages, next } = useStore(timeline, (current) => current);
  if (status === 'failed' && problem) {
    return (
      <ProblemBox problem={problem}>
        <button type="button" onClick={() => void loadTimeline()}>
          Try again
        </button>
      </ProblemBox>
    );
  }
  if (messages.length === 0) return status === 'loading' ? <Loading /> : <Nothing />;
  if (next !== null) return <Older />;
  const words = isEverything(query.get()) ? 'This is where it begins.' : 'Nothing earlier matches.';
  return <p class="beginning">{words}</p>;
}

function Older() {
  const older = useStore(timeline, (current) => current.older);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // After a failure it is for the reader to try again; else coming near is enough.
    if (older !== 'idle' || !button.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && void loadOlder(),
      { root: button.current.closest('.timeline'), rootMargin: '800px 0px 0px' },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [older]);
  return (
    <p class="beginning">
      {older === 'failed' && <span class="error">The earlier messages could not be loaded. </span>}
      <button type="button" ref={button} onClick={() => void loadOlder()}>
        {older === 'loading' ? 'Loading…' : 'Show earlier messages'}
      </button>
    </p>
  );
}

function Loading() {
  return (
    <div class="loading">
      <p class="unseen">Loading messages…</p>
      <div class="skeleton" aria-hidden="true" />
      <div class="skeleton" aria-hidden="true" />
      <div class="skeleton" aria-hidden="true" />
      <p class="loading-long">Still reading the repositories. After a first start this can take a while.</p>
    </div>
  );
}

function Nothing() {
  if (!isEverything(query.get())) {
    return (
      <div class="nothing">
        <p class="nothing-title">Nothing found</p>
        <p>No message matches the search and the filters.</p>
        <button type="button" onClick={() => navigate(EVERYTHING)}>
          Show everything
        </button>
      </div>
    );
  }
  return (
    <div class="nothing">
      <p class="nothing-title">Nothing here yet</p>
      <p>
        Write the first message below. It becomes a commit at once, and leaves this machine when you push.
      </p>
    </div>
  );
}
