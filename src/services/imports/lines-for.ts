import type { Prepared } from '../../import/prepare.ts';
import { fold } from '../../journal/fold.ts';
import { type Line, toLine } from '../../journal/line.ts';
import { editedLine } from '../../journal/revisions.ts';
import type { Entry } from '../../mirror/entry.ts';

/**
 * The lines that an imported message adds to what is known of it, parents first: its first line and a line for each
 * edit if it is new, else one for each later text that is in no revision yet. So what a person changed or deleted here
 * stays, and the same export adds nothing.
 *
 * @param changedAt when a text changed of which the source does not say so: the newest time in the export
 */
export function linesFor(message: Prepared, entry: Entry | undefined, changedAt: string): readonly Line[] {
  if (entry?.folded.current.deletedAt !== undefined) return [];
  const known: Line[] = entry ? [...entry.folded.lines] : [firstLineOf(message)];
  const added = entry ? [] : [...known];
  const texts = new Set(known.map(({ text }) => text));
  const wanted = [...(entry ? [{ at: changedAt, text: message.text }] : []), ...message.edits];
  for (const { at, text } of wanted) {
    if (texts.has(text)) continue;
    const line = editedLine(fold(known), { text }, at);
    texts.add(text);
    known.push(line);
    added.push(line);
  }
  return added;
}

function firstLineOf({ id, author, type, text, createdAt, replyTo, tags, pinned }: Prepared): Line {
  return toLine({
    ...{ id, revision: 1, parents: [], author, type, text },
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(tags.length > 0 ? { tags } : {}),
    ...(pinned ? { pinned } : {}),
    createdAt,
    others: [],
  });
}
