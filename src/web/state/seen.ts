import type { Message } from '../../contract/message.ts';

const authors = new Set<string>();
const tags = new Set<string>();

/**
 * The authors and tags of all messages that this page has shown, so they are still suggested after a search found
 * nothing.
 */
export function seenIn(messages: readonly Message[]): {
  authors: readonly string[];
  tags: readonly string[];
} {
  for (const message of messages) {
    authors.add(message.author);
    for (const tag of message.tags) tags.add(tag);
  }
  return { authors: [...authors].sort(), tags: [...tags].sort() };
}
