import type { Message } from '../../contract/message.ts';
import { shortWhen } from './time.ts';

/** Messages as a person would paste them elsewhere: author and time, followed by the source text. */
export function messagesAsText(messages: readonly Message[]): string {
  return messages
    .map(({ author, createdAt, text, url }) => {
      const source = [text, url].filter((part) => part !== undefined && part !== '').join('\n');
      return `${author}, ${shortWhen(createdAt)}\n${source.trimEnd()}`;
    })
    .join('\n\n');
}
