import { useEffect, useState } from 'preact/hooks';
import type { Stats } from '../../../contract/stats.ts';
import { navigate } from '../../actions/navigate.ts';
import type { Problem } from '../../api/problem.ts';
import { readStats } from '../../api/stats.ts';
import { EVERYTHING, query } from '../../state/query.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { yearBefore } from '../../text/calendar.ts';
import { dayAfter, dayOf, fullDay } from '../../text/time.ts';
import { count } from '../../text/words.ts';
import { ProblemBox } from '../ui/problem.tsx';
import { useToday } from '../ui/use-now.ts';
import { Calendar } from './calendar.tsx';

const YEAR = 364;

/** How much was written when, by whom and where: one year at a time, for all repositories or one. */
export function Activity({ onDone }: { onDone: () => void }) {
  const today = dayOf(useToday());
  const [years, setYears] = useState(0);
  const [repository, setRepository] = useState(query.get().repository);
  const list = useStore(repositories, (state) => state.list);
  const last = dayAfter(today, -YEAR * years);
  const { stats, problem, askAgain } = useStats(repository, last);

  const go = (to: Partial<typeof EVERYTHING>) => {
    onDone();
    navigate({ ...EVERYTHING, repository, ...to });
  };
  return (
    <div class="activity">
      <div class="row">
        <label>
          <span class="unseen">Repository</span>
          <select value={repository} onChange={(event) => setRepository(event.currentTarget.value)}>
            <option value="">All repositories</option>
            {list.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => setYears(years + 1)}>
          Earlier
        </button>
        <button type="button" aria-disabled={years === 0} onClick={() => setYears(Math.max(0, years - 1))}>
          Later
        </button>
      </div>
      {problem && (
        <ProblemBox problem={problem}>
          <button type="button" onClick={askAgain}>
            Try again
          </button>
        </ProblemBox>
      )}
      <p class="activity-sum" role="status">
        {stats
          ? `${count(stats.messages, 'message')} from ${fullDay(yearBefore(last))} to ${fullDay(last)}`
          : 'Counting…'}
      </p>
      <Calendar
        last={last}
        counts={new Map((stats?.days ?? []).map(({ day, messages }) => [day, messages]))}
        onPick={(day) => go({ day })}
      />
      <div class="shares">
        <Shares
          title="Authors"
          shares={(stats?.authors ?? []).map(({ author, messages }) => ({ name: author, messages }))}
          onPick={(author) => go({ author })}
        />
        <Shares
          title="Repositories"
          shares={(stats?.repositories ?? []).map((one) => ({
            name: one.repository,
            messages: one.messages,
          }))}
          onPick={(name) => go({ repository: name })}
        />
      </div>
    </div>
  );
}

/** The counts for the year that ends with a day. They are read again when messages are added or removed. */
function useStats(repository: string, last: string) {
  const [stats, setStats] = useState<Stats>();
  const [problem, setProblem] = useState<Problem>();
  const [asked, setAsked] = useState(0);
  const total = useStore(repositories, ({ list }) => list.reduce((sum, { messages }) => sum + messages, 0));
  useEffect(() => {
    let isCurrent = true;
    const question = { repository, since: yearBefore(last), until: dayAfter(last, 1) };
    void readStats(question).then((answer) => {
      if (!isCurrent) return;
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setStats(answer.body);
    });
    return () => {
      isCurrent = false;
    };
  }, [repository, last, asked, total]);
  return { stats, problem, askAgain: () => setAsked((before) => before + 1) };
}

interface SharesProps {
  readonly title: string;
  readonly shares: readonly { readonly name: string; readonly messages: number }[];
  readonly onPick: (name: string) => void;
}

const MOST_SHARES = 8;

/** The largest shares, as a bar chart. */
function Shares({ title, shares, onPick }: SharesProps) {
  const most = shares[0]?.messages ?? 1;
  const rest = shares.slice(MOST_SHARES);
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {shares.slice(0, MOST_SHARES).map(({ name, messages }) => (
          <li key={name} class="share">
            <button type="button" class="link" onClick={() => onPick(name)}>
              <bdi>{name}</bdi>
            </button>
            <span class="share-count">{messages.toLocaleString()}</span>
            <progress class="share-bar" max={most} value={messages} aria-hidden="true" />
          </li>
        ))}
      </ul>
      {rest.length > 0 && <p class="hint">and {rest.length.toLocaleString()} more</p>}
    </section>
  );
}
