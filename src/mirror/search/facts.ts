import type { Fact } from '../../domain/query.ts';
import type { Line } from '../../journal/line.ts';
import { contentBefore } from '../../journal/revisions.ts';
import { type Entry, isDeleted } from '../entry.ts';

/** The line with the content of a message; for a deleted one, with what it said before. */
export const shownLine = (entry: Entry): Line => contentBefore(entry.folded);

/**
 * Whether a fact is true of a message.
 *
 * @param text its text, case-folded
 */
export function holds(fact: Fact, entry: Entry, content: Line, text: string): boolean {
  switch (fact) {
    case 'attachment':
      return content.attachments !== undefined;
    case 'link':
      return content.type === 'link' || ADDRESS.test(text);
    case 'pinned':
      return content.pinned === true;
    case 'open':
      return content.type === 'task' && content.done !== true;
    case 'reply':
      return content.replyTo !== undefined;
    default:
      return isDeleted(entry);
  }
}

const ADDRESS = /https?:\/\/\S/;
