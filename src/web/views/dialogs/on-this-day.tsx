import { useEffect, useState } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { goToMessage } from '../../actions/navigate.ts';
import { listMessages } from '../../api/messages.ts';
import type { Problem } from '../../api/problem.ts';
import { addressOf } from '../../state/query.ts';
import { dayAfter, dayOf, fullDay, startOfDay, yearsBefore } from '../../text/time.ts';
import { isPlainClick } from '../search/filter-link.tsx';
import { Contents } from '../timeline/body.tsx';
import { ProblemBox } from '../ui/problem.tsx';

const MOST_YEARS = 30;
const MOST_OF_A_DAY = 50;

/** What was written on this day in earlier years. */
export function OnThisDay({ onDone }: { onDone: () => void }) {
  const [days, setDays] = useState<readonly (readonly Message[])[]>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    void readDays().then((answer) => (Array.isArray(answer) ? setDays(answer) : setProblem(answer)));
  }, []);
  if (problem) return <ProblemBox problem={problem} />;
  if (days === undefined) return <p class="hint">Loading…</p>;
  if (days.length === 0) return <p>Nothing was written on this day in earlier years.</p>;
  return (
    <div class="on-this-day">
      {days.map((messages) => {
        const day = dayOf(messages[0]?.createdAt ?? 0);
        return (
          <section key={day}>
            <h3>{fullDay(day)}</h3>
            {messages.map((message) => (
              <div key={message.id} class="memory">
                <a
                  class="time"
                  href={addressOf({ at: message.id })}
                  onClick={(event) => {
                    if (!isPlainClick(event)) return;
                    event.preventDefault();
                    onDone();
                    goToMessage(message.id, 'context');
                  }}
                >
                  <bdi>{message.author}</bdi>
                </a>
                <Contents message={message} />
              </div>
            ))}
          </section>
        );
      })}
    </div>
  );
}

/** The days that have messages, latest first. Years are read until the archive has nothing earlier. */
async function readDays(): Promise<Message[][] | Problem> {
  const today = dayOf(Date.now());
  const found: Message[][] = [];
  for (let years = 1; years <= MOST_YEARS; years += 1) {
    const day = yearsBefore(today, years);
    if (day === undefined) continue;
    const [since, until] = [startOfDay(day), startOfDay(dayAfter(day, 1))];
    if (since === undefined || until === undefined) break;
    const answer = await listMessages(
      `/messages?${new URLSearchParams({ since, until, limit: String(MOST_OF_A_DAY) })}`,
    );
    if (!answer.ok) return answer.problem;
    if (answer.body.messages.length > 0) found.push([...answer.body.messages].reverse());
    else if (!(await hasEarlier(since))) break;
  }
  return found;
}

async function hasEarlier(until: string): Promise<boolean> {
  const answer = await listMessages(`/messages?${new URLSearchParams({ until, limit: '1' })}`);
  return answer.ok && answer.body.messages.length > 0;
}
