import { confirm, drop, retry, takeBack } from '../../actions/outbox.ts';
import { isSecretGuard, type Problem } from '../../api/problem.ts';
import { outbox, type Waiting } from '../../state/outbox.ts';
import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';
import { problemInWords } from '../../text/problems.ts';
import { clock, exact } from '../../text/time.ts';
import { count } from '../../text/words.ts';
import { WaitingIcon } from '../ui/icons.tsx';
import { WaitingFiles } from './waiting-files.tsx';

/** Messages written while the server could not be reached, at the end of the timeline. */
export function WaitingMessages() {
  const all = useStore(outbox, (state) => state);
  const shown = useStore(timeline, ({ messages }) => messages);
  // A message that was just saved may already be in the timeline before its answer arrives.
  const waiting = all.filter(({ message }) => !shown.some(({ id }) => id === message.id));
  if (waiting.length === 0) return null;
  return (
    <section class="waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title" class="day-name">
        {count(waiting.length, 'message')} waiting in this browser
      </h2>
      <ol>
        {waiting.map((one) => (
          <WaitingRow key={one.number} waiting={one} />
        ))}
      </ol>
    </section>
  );
}

function WaitingRow({ waiting }: { waiting: Waiting }) {
  const { message, problem } = waiting;
  return (
    <li class="message" data-waiting={message.id}>
      {message.author && (
        <p class="author">
          <bdi>{message.author}</bdi>
        </p>
      )}
      <div class="body" dir="auto" data-type={message.type}>
        {message.text}
      </div>
      {waiting.files && <WaitingFiles files={waiting.files} />}
      {message.url && <p class="address">{message.url}</p>}
      {problem && <Refusal problem={problem} />}
      <footer class="meta">
        <time datetime={message.createdAt} title={exact(message.createdAt)}>
          {clock(message.createdAt)}
        </time>
        {problem === null && (
          <span class="mark">
            <WaitingIcon />
            waiting for the server
          </span>
        )}
        <span class="waiting-actions">
          {problem && isSecretGuard(problem) && (
            <button type="button" class="link" onClick={() => void confirm(waiting)}>
              Save it anyway
            </button>
          )}
          {problem && !isSecretGuard(problem) && (
            <button type="button" class="link" onClick={() => void retry(waiting)}>
              Try again
            </button>
          )}
          <button type="button" class="link" onClick={() => void takeBack(waiting)}>
            Edit
          </button>
          {problem && (
            <button type="button" class="link" onClick={() => void drop(waiting)}>
              Discard
            </button>
          )}
        </span>
      </footer>
    </li>
  );
}

function Refusal({ problem }: { problem: Problem }) {
  return <p class="error">Not saved. {problemInWords(problem)}</p>;
}
