import { type Content, MESSAGE_TYPES } from '../../domain/message.ts';
import type { Folded } from '../../journal/fold.ts';
import { type Line, parentName, type Revision, toLine } from '../../journal/line.ts';

/** The fields of a message that an edit can give. */
export type Edit = Partial<Omit<Content, 'replyTo'>>;

/** A new message as it was asked for, with its defaults filled in. */
export interface NewMessage extends Content {
  readonly id: string;
  readonly createdAt: string;
}

/** The first line of a message. */
export function firstLine({ id, createdAt, ...content }: NewMessage): Line {
  return toLine({ id, revision: 1, parents: [], ...fitting(content), createdAt, others: [] });
}

/** The line that edits, brings back or settles a message: it replaces all its heads. */
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

/** The content that an edit starts from: of a deleted message that of its newest revision before the delete. */
export function contentBefore({ current, lines }: Folded): Line {
  if (current.deletedAt === undefined) return current;
  return lines.findLast((line) => line.deletedAt === undefined) ?? current;
}

/** Whether an edit would change nothing. */
export function isUnchanged(line: Line, edit: Edit): boolean {
  return Object.entries(edit).every(
    ([key, value]) => value === undefined || line[key as keyof Edit] === value,
  );
}

function following(
  { current, heads }: Folded,
  { others }: Line,
): Pick<Revision, 'id' | 'revision' | 'parents' | 'createdAt' | 'others'> {
  return {
    id: current.id,
    revision: Math.max(...heads.map((line) => line.revision)) + 1,
    parents: [...new Set(heads.map(({ hash }) => parentName(hash)))],
    createdAt: current.createdAt,
    others,
  };
}

function contentOf(line: Line): Content {
  const { author, type, language, url, done, text, replyTo } = line;
  return defined({ author, type, language, url, done, text, replyTo }) as unknown as Content;
}

/** Leaves out what the type has no use for, such as the language of what is code no more. */
function fitting(content: Content): Content {
  if (!(MESSAGE_TYPES as readonly string[]).includes(content.type)) return content;
  const { author, type, language, url, done, text, replyTo } = content;
  return defined({
    author,
    type,
    language: type === 'code' ? language : undefined,
    url: type === 'link' ? url : undefined,
    done: type === 'task' ? (done ?? false) : undefined,
    text,
    replyTo,
  }) as unknown as Content;
}

const defined = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
