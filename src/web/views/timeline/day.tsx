import type { Message } from '../../../contract/message.ts';
import { repliesTo } from '../../state/replies.ts';
import { dayInWords } from '../../text/time.ts';
import { goesOn } from './group.ts';
import { MessageRow } from './message.tsx';

interface Props {
  readonly day: string;
  readonly messages: readonly Message[];
  /** The range of its messages that are in the page, by index; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  /** The height of the messages before them, in pixels. */
  readonly gap: number;
  readonly removed: ReadonlySet<string>;
  /** The message that the reader was taken to. */
  readonly wanted: string | null;
  /** The first message that is new to the reader. */
  readonly newFrom: string | null;
  /** All loaded messages, to find the replies among them. */
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

/** Space for messages that are not in the page, so the scroll bar is correct. */
export function Gap({ height }: { height: number }) {
  return height > 0 ? <div class="gap" style={{ height: `${height}px` }} /> : null;
}
