import type { Message } from '../../../contract/message.ts';
import { repliesTo } from '../../state/replies.ts';
import { dayInWords } from '../../text/time.ts';
import { goesOn } from './group.ts';
import { MessageRow } from './message.tsx';

interface Props {
  readonly day: string;
  readonly messages: readonly Message[];
  /** Which of its messages stand in the page: from one to before another, by their index. */
  readonly from: number;
  readonly to: number;
  /** How high those before them are, in pixels. */
  readonly gap: number;
  readonly removed: ReadonlySet<string>;
  /** The message that the reader was led to. */
  readonly wanted: string | null;
  /** The first message that is new to the reader. */
  readonly newFrom: string | null;
  /** All that are loaded, for the replies among them. */
  readonly all: readonly Message[];
  readonly now: number;
}

export function Day({ day, messages, from, to, gap, removed, wanted, newFrom, all, now }: Props) {
  const id = `day-${day}`;
  return (
    <section class="day" aria-labelledby={id}>
      <h2 id={id} class="day-name">
        <time datetime={day}>{dayInWords(day, now)}</time>
      </h2>
      <Gap height={gap} />
      <ol class="messages">
        {messages.slice(from, to).map((message, index) => {
          const before = messages[from + index - 1];
          return (
            <MessageRow
              key={message.id}
              message={message}
              isFirst={before === undefined}
              goesOn={
                before !== undefined &&
                message.id !== newFrom &&
                !removed.has(before.id) &&
                goesOn(message, before)
              }
              isNew={message.id === newFrom}
              replies={repliesTo(message.id, all)}
              removed={removed.has(message.id)}
              isWanted={wanted === message.id}
            />
          );
        })}
      </ol>
    </section>
  );
}

/** Room for messages that are not in the page, so that the scroll bar tells the truth. */
export function Gap({ height }: { height: number }) {
  return height > 0 ? <div class="gap" style={{ height: `${height}px` }} /> : null;
}
