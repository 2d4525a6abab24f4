import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Message } from '../../contract/message.ts';
import { printing } from '../state/printing.ts';
import { timeline } from '../state/timeline.ts';
import { clock, fullDay } from '../text/time.ts';
import { Body, Whole } from './timeline/body.tsx';
import { groupByDay } from './timeline/group.ts';

/** The code that renders Markdown and code may still be loading. In milliseconds. */
const SETTLE = 300;

/** Prints the requested messages, or what is loaded if the browser's own menu prints. */
export function usePrint(): void {
  useEffect(() => {
    let paper: HTMLElement | undefined;
    const lay = (messages: readonly Message[]) => {
      clear();
      paper = document.createElement('div');
      paper.className = 'print';
      document.body.append(paper);
      // Synchronously: the browser prints what is there when its event has been handled.
      render(<Paper messages={messages} />, paper);
    };
    const clear = () => {
      if (paper) render(null, paper);
      paper?.remove();
      paper = undefined;
    };
    const before = () => paper ?? lay(timeline.get().messages);
    const stop = printing.subscribe(() => {
      lay(printing.get());
      setTimeout(() => window.print(), SETTLE);
    });
    addEventListener('beforeprint', before);
    addEventListener('afterprint', clear);
    return () => {
      stop();
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', clear);
    };
  }, []);
}

/** Every message of the view, without buttons. */
function Paper({ messages }: { messages: readonly Message[] }) {
  return (
    <Whole.Provider value={true}>
      {groupByDay(messages).map(({ day, messages: ofDay }) => (
        <section key={day}>
          <h2>{fullDay(day)}</h2>
          {ofDay.map((message) => (
            <div key={message.id} class="print-message">
              <p class="print-head">
                <bdi>{message.author}</bdi>, {clock(message.createdAt)}
              </p>
              <Body message={message} />
            </div>
          ))}
        </section>
      ))}
    </Whole.Provider>
  );
}
