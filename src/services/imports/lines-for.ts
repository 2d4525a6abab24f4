import { type Attachment, MOST_ATTACHMENTS } from '../../domain/attachment.ts';
import { LIMITS } from '../../domain/message.ts';
import type { Prepared } from '../../import/prepare.ts';
import { shortly } from '../../import/values.ts';
import { fold } from '../../journal/fold.ts';
import { type Line, toLine } from '../../journal/line.ts';
import { type Edit, editedLine } from '../../journal/revisions.ts';
import type { Entry } from '../../mirror/entry.ts';

/**
 * The lines that an imported message adds to the known ones, parents first. A new message gets its first line and one
 * line per edit. Otherwise there is one line for each later text, and for files, that no revision has yet. So what a
 * person changed or deleted here stays, and importing the same export again adds nothing.
 *
 * @param attachments its files, as far as the export contains them
 * @param changedAt when a text changed, if the source does not say: the newest time in the export
 */
export function linesFor(
  message: Prepared,
  attachments: readonly Attachment[],
  entry: Entry | undefined,
  changedAt: string,
): readonly Line[] {
  if (entry?.folded.current.deletedAt !== undefined) return [];
  const known: Line[] = entry ? [...entry.folded.lines] : [firstLineOf(message, attachments)];
  const added = entry ? [] : [...known];
  const add = (edit: Edit, at: string) => {
    const line = editedLine(fold(known), edit, at);
    known.push(line);
    added.push(line);
  };
  const missed = entry ? missedBy(entry, message, attachments) : undefined;
  if (missed) add(missed, changedAt);
  const texts = new Set(known.map(({ text }) => text));
  for (const { at, text } of message.edits) {
    if (texts.has(text)) continue;
    texts.add(text);
    add({ text }, at);
  }
  return added;
}

/** What an export has of a message that none of its revisions has; `undefined` if everything is known. */
function missedBy(
  { folded: { current, lines } }: Entry,
  message: Prepared,
  attachments: readonly Attachment[],
): Edit | undefined {
  const files = new Set(lines.flatMap((line) => (line.attachments ?? []).map(({ sha256 }) => sha256)));
  const more = attachments.filter(({ sha256 }) => !files.has(sha256));
  const own = current.attachments ?? [];
  const all = [...own, ...more].slice(0, MOST_ATTACHMENTS);
  // A message without text lists the names of its files as its text, until it gets the files.
  const isPlaceholder = message.text === '' && current.text === placeholderOf(message);
  const text = message.text === '' ? (isPlaceholder && all.length > 0 ? '' : current.text) : message.text;
  const hasText = lines.some((line) => line.text === text);
  if (all.length === own.length && hasText) return undefined;
  return { ...(hasText ? {} : { text }), ...(all.length === own.length ? {} : { attachments: all }) };
}

function firstLineOf(message: Prepared, attachments: readonly Attachment[]): Line {
  const { id, author, type, text, createdAt, replyTo, tags, pinned } = message;
  return toLine({
    ...{ id, revision: 1, parents: [], author, type },
    text: text === '' && attachments.length === 0 ? placeholderOf(message) : text,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(tags.length > 0 ? { tags } : {}),
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(pinned ? { pinned } : {}),
    createdAt,
    others: [],
  });
}

/** Lists the file names of a message that has nothing else. */
const placeholderOf = ({ files }: Prepared): string =>
  [...files.map(({ name }) => `(file: ${shortly(name)})`).join('\n')].slice(0, LIMITS.text).join('');
