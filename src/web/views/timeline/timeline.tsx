import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { navigate } from '../../actions/navigate.ts';
import { loadNewer, loadOlder, loadTimeline } from '../../actions/timeline.ts';
import { isUnreachable } from '../../api/problem.ts';
import { author } from '../../state/draft.ts';
import { EVERYTHING, isEverything, isWhole, query } from '../../state/query.ts';
import { repositories } from '../../state/repositories.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';
import { isAfter, unread } from '../../state/unread.ts';
import { finderOf } from '../../text/hits.ts';
import { DownIcon } from '../ui/icons.tsx';
import { ProblemBox } from '../ui/problem.tsx';
import { useToday } from '../ui/use-now.ts';
import { copyMessages } from './copy-messages.ts';
import { Day, Gap } from './day.tsx';
import { type DayGroup, groupByDay } from './group.ts';
import { Finding } from './marked.tsx';
import { OneOfMany } from './one-of-many.ts';
import { useWindow, type Window } from './use-window.ts';
import { WaitingMessages } from './waiting.tsx';

/** All selected messages, oldest first, so the newest is next to the composer. */
export function Timeline() {
  const state = useStore(timeline, (current) => current);
  const asked = useStore(query, (current) => current);
  const today = useToday();
  const scroller = useRef<HTMLElement>(null);
  const view = useWindow(scroller, state);
  const { away, toNewest } = view;
  const days = useMemo(() => groupByDay(state.messages), [state.messages]);

  const newFrom = useNewFrom(state.messages);
  const find = useMemo(() => finderOf(asked.q), [asked.q]);

  const isOneOfMany = useStore(repositories, ({ list }) => list.length > 1);

  const led = state.wanted.id;
  useEffect(() => {
    if (led === null || scroller.current === null) return;
    const row = scroller.current.querySelector<HTMLElement>(`[data-message="${CSS.escape(led)}"] > article`);
    row?.focus({ preventScroll: true });
  }, [state.wanted, led]);

  return (
    <div class="timeline-frame">
      <section
        class="timeline"
        ref={scroller}
        aria-label="Messages"
        aria-busy={state.status === 'loading'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus.
        tabIndex={0}
        onCopy={copyMessages}
        data-stale={state.status === 'loading' && state.messages.length > 0}
      >
        <div class="timeline-content">
          <Beginning />
          <OneOfMany.Provider value={isOneOfMany}>
            <Finding.Provider value={find}>
              <Days
                days={days}
                view={view}
                removed={state.removed}
                wanted={led}
                newFrom={newFrom}
                all={state.messages}
                now={today}
              />
            </Finding.Provider>
          </OneOfMany.Provider>
          {state.newer !== 'none' && <Newer />}
          <WaitingMessages />
        </div>
      </section>
      {away && (
        <button type="button" class="to-newest" onClick={toNewest}>
          <DownIcon />
          {newestInWords(away.unseen)}
        </button>
      )}
    </div>
  );
}

/** The first message that arrived after the reader was last looking. Determined once each time they return. */
function useNewFrom(messages: readonly Message[]): string | null {
  const since = useStore(unread, (state) => state.since);
  const asked = useStore(query, isEverything);
  const me = useStore(author, (name) => name);
  if (!asked || since === null) return null;
  const own = me.trim() || settings.get()?.author;
  const first = messages.find((message) => isAfter(message, since) && message.author !== own);
  return first?.id ?? null;
}

function newestInWords(unseen: number | 'many'): string {
  if (unseen === 'many') return 'New messages';
  return unseen > 0 ? `${unseen.toLocaleString()} new` : 'Newest';
}

interface DaysProps {
  readonly days: readonly DayGroup[];
  readonly view: Pick<Window, 'from' | 'to' | 'heightOf'>;
  readonly removed: ReadonlySet<string>;
  readonly wanted: string | null;
  /** The first message that is new to the reader. */
  readonly newFrom: string | null;
  /** All loaded messages, to find the replies among them. */
  readonly all: readonly Message[];
  readonly now: number;
}

/** The days that have a message in the page, and space for the others. */
function Days({ days, view: { from, to, heightOf }, ...rest }: DaysProps) {
  const shown = days.filter(({ start, messages }) => start < to && start + messages.length > from);
  const first = shown[0]?.start ?? 0;
  const last = shown.at(-1);
  const end = last ? last.start + last.messages.length : 0;
  const all = days.at(-1);
  return (
    <>
      <Gap height={heightOf(0, first)} />
      {shown.map(({ day, start, messages }) => (
        <Day
          key={day}
          day={day}
          messages={messages}
          from={Math.max(0, from - start)}
          to={Math.min(messages.length, to - start)}
          gap={heightOf(start, Math.max(start, from))}
          {...rest}
        />
      ))}
      <Gap height={heightOf(Math.min(to, end), all ? all.start + all.messages.length : 0)} />
    </>
  );
}

/** What is above the oldest message: a button to load more, the beginning, or why there is nothing. */
function Beginning() {
  const { status, problem, messages, next } = useStore(timeline, (current) => current);
  if (status === 'failed' && problem) {
    return (
      <ProblemBox problem={problem}>
        {messages.length > 0 && <p>Below are the last messages that this browser has seen.</p>}
        {isUnreachable(problem) && (
          <p>You can keep writing: messages wait in this browser until it is back.</p>
        )}
        {problem.status === 400 ? (
          <button type="button" onClick={() => navigate(EVERYTHING)}>
            Show everything
          </button>
        ) : (
          <button type="button" onClick={() => void loadTimeline()}>
            Try again
          </button>
        )}
        {query.get().at !== '' && (
          <button type="button" class="link" onClick={() => navigate({ at: '' })}>
            Go to the newest message
          </button>
        )}
      </ProblemBox>
    );
  }
  if (messages.length === 0) return status === 'loading' ? <Loading /> : <Nothing />;
  if (next !== null) return <Older />;
  const words = isWhole(query.get()) ? 'The beginning' : 'No earlier matches';
  return <p class="beginning">{words}</p>;
}

function Older() {
  const state = useStore(timeline, (current) => current.older);
  return (
    <More
      state={state}
      load={loadOlder}
      label="Show earlier messages"
      failure="Could not load earlier messages."
    />
  );
}

function Newer() {
  const state = useStore(timeline, (current) => current.newer);
  return (
    <More
      state={state}
      load={loadNewer}
      label="Show later messages"
      failure="Could not load later messages."
    />
  );
}

interface MoreProps {
  readonly state: string;
  readonly load: () => Promise<void>;
  readonly label: string;
  readonly failure: string;
}

/** Loads more when the reader comes near. There is also a button, for anyone who does not scroll. */
function More({ state, load, label, failure }: MoreProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // After a failure, the reader has to try again. Otherwise, coming near is enough.
    if (state !== 'idle' || !button.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && void load(),
      { root: button.current.closest('.timeline'), rootMargin: '1500px 0px' },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [state, load]);
  return (
    <p class="beginning">
      {state === 'failed' && <span class="error">{failure} </span>}
      <button type="button" ref={button} onClick={() => void load()}>
        {state === 'loading' ? 'Loading…' : label}
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
      <p class="loading-long">Still reading the repositories. The first start can take a while.</p>
    </div>
  );
}

function Nothing() {
  const asked = query.get();
  if (asked.asOf !== '' && isWhole(asked)) {
    return (
      <div class="nothing">
        <p class="nothing-title">Nothing here</p>
        <p>There were no messages then.</p>
      </div>
    );
  }
  if (!isEverything(asked)) {
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
        Write your first message below. It becomes a commit right away, and leaves this machine only when you
        push.
      </p>
    </div>
  );
}
