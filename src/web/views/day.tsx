import type { Message } from '../../domain/message.ts';
import { dayInWords } from '../text/time.ts';
import { goesOn } from './group.ts';
import { MessageRow } from './message.tsx';

interface Props {
  readonly day: string;
  readonly messages: readonly Message[];
  readonly removed: ReadonlySet<string>;
  readonly now: number;
}

export function Day({ day, messages, removed, now }: Props) {
  const id = `day-${day}`;
  return (
    <section class="day" aria-labelledby={id}>
      <h2 id={id} class="day-name">
        <time datetime={day}>{dayInWords(day, now)}</time>
      </h2>
      <ol class="messages">
        {messages.map((message, index) => {
          const before = messages[index - 1];
          return (
            <MessageRow
              key={message.id}
              message={message}
              goesOn={before !== undefined && !removed.has(before.id) && goesOn(message, before)}
              removed={removed.has(message.id)}
            />
          );
        })}
      </ol>
    </section>
  );
}
