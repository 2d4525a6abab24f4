import { type AttachmentReference, namesSame } from '../domain/attachment.ts';
import { MESSAGE_TYPES } from '../domain/message.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import type { Folded } from './fold.ts';
import { type Content, contentOf, type Line, parentName, type Revision, toLine } from './line.ts';
import { MAX_LINE_BYTES, whyUnreadable } from './split.ts';

/** The fields of a message that an edit can change. */
export type Edit = Partial<Omit<Wanted, 'replyTo'>>;

/** A content as requested, with fields that say as much as if they were left out. */
type Wanted = Omit<Content, 'pinned'> & { readonly pinned?: boolean };

/** A new message as requested, with defaults filled in. */
export interface NewMessage extends Wanted {
  readonly id: string;
  readonly createdAt: string;
}

/** The first line of a message. */
export function firstLine({ id, createdAt, ...content }: NewMessage): Line {
  return toLine({ id, revision: 1, parents: [], ...fitting(content), createdAt, others: [] });
}

/** The line that edits a message, restores it or settles a conflict. It replaces all heads. */
export function editedLine(folded: Folded, edit: Edit, now: string): Line {
  return toLine({
    ...following(folded, contentBefore(folded)),
    ...fitting({ ...contentOf(contentBefore(folded)), ...edit }),
    updatedAt: now,
  });
}

/** The line that deletes a message. */
export function deletedLine(folded: Folded, now: string): Line {
  const { current } = folded;
  return toLine({
    ...following(folded, current),
    ...contentOf(current),
    text: '',
    updatedAt: now,
    deletedAt: now,
  });
}

/**
 * A new line, if it can be read back. `unwritable` if not: it would be longer than any reader accepts, because it
 * carries what other programs added and names every version that it replaces, or its revision number would be too
 * high.
 */
export function checkReadable(line: Line): Result<Line> {
  if (!Number.isSafeInteger(line.revision)) {
    return fail(
      'unwritable',
      'The revisions of this message have numbers so high that there is no next one. ' +
        'Nothing was changed, and the message is safe. Capture its text as a new message instead.',
    );
  }
  const bytes = Buffer.byteLength(line.raw);
  if (bytes > MAX_LINE_BYTES) return fail('unwritable', tooLong(bytes, line.parents.length));
  const reason = whyUnreadable(line);
  if (reason === undefined) return ok(line);
  return fail(
    'unwritable',
    `The line of this change ${reason}, so it could not be read back. Nothing was changed.`,
  );
}

function tooLong(bytes: number, versions: number): string {
  const cause =
    versions > MANY_VERSIONS
      ? `It would have to name all ${versions} conflicting versions of the message. To resolve this, remove some of their lines from the journal with a commit of your own.`
      : 'It repeats what another program added to the message. Shorten that there, or capture the text as a new message.';
  return `The change would make a line of ${bytes} bytes, but at most ${MAX_LINE_BYTES} are read. Nothing was changed, and the message is safe. ${cause}`;
}

/** From this many on, it is their names that make a line too long. */
const MANY_VERSIONS = 10_000;

/** The content that an edit starts from. For a deleted message, that is its newest revision before the delete. */
export function contentBefore({ current, lines }: Folded): Line {
  if (current.deletedAt === undefined) return current;
  return lines.findLast((line) => line.deletedAt === undefined) ?? current;
}

/** Whether an edit would change nothing. */
export function isUnchanged(line: Line, edit: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(edit).every(([key, value]) => value === undefined || says(line, key, value));
}

/** Whether a field of a line has a value. An empty list of tags or files, and a missing pin, are left out of a line. */
export function says(line: Line, field: string, value: unknown): boolean {
  const written = line[field as keyof Line];
  if (field === 'tags') return JSON.stringify(written ?? []) === JSON.stringify(value ?? []);
  if (field === 'attachments')
    return namesSame(line.attachments ?? [], (value ?? []) as readonly AttachmentReference[]);
  if (field === 'pinned') return (written ?? false) === (value ?? false);
  return written === value;
}

function following(
  { current, heads }: Folded,
  { others }: Line,
): Pick<Revision, 'id' | 'revision' | 'parents' | 'createdAt' | 'others'> {
  return {
    id: current.id,
    // Others can give a message more heads than a function can take arguments.
    revision: heads.reduce((highest, { revision }) => Math.max(highest, revision), 0) + 1,
    parents: [...new Set(heads.map(({ hash }) => parentName(hash)))],
    createdAt: current.createdAt,
    others,
  };
}

/** Leaves out fields that do not apply to the type, such as the language if a message is no longer code. */
function fitting(given: Wanted): Content {
  const { type, tags, attachments, pinned, language, url, done } = given;
  const always = {
    tags: tags?.length === 0 ? undefined : tags,
    attachments: attachments?.length === 0 ? undefined : attachments,
    pinned: pinned || undefined,
  };
  const isOurs = (MESSAGE_TYPES as readonly string[]).includes(type);
  const byType = {
    language: type === 'code' ? language : undefined,
    url: type === 'link' ? url : undefined,
    done: type === 'task' ? (done ?? false) : undefined,
  };
  return contentOf({ ...given, ...always, ...(isOurs ? byType : {}) } as Content);
}
