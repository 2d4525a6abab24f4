import { LIMITS, lengthOf, MOST_TAGS } from '../domain/message.ts';
import { secretsIn, withoutSecrets } from '../domain/secrets.ts';
import { wellFormed } from '../domain/unicode.ts';
import { identifier, importId, tagFor } from './identity.ts';
import type { Conversation, ImportedMessage, MessageFile, Skipped } from './message.ts';
import { shortly } from './values.ts';

/** An imported message with its id, within the limits of the format, ready to become lines. */
export interface Prepared {
  readonly id: string;
  readonly conversation: Conversation;
  readonly author: string;
  readonly type: 'text' | 'markdown';
  /** May be empty if there are files. */
  readonly text: string;
  readonly files: readonly MessageFile[];
  readonly createdAt: string;
  readonly replyTo?: string;
  readonly tags: readonly string[];
  readonly pinned: boolean;
  readonly edits: readonly { readonly at: string; readonly text: string }[];
  /** What was left out or cut. */
  readonly notes: readonly Skipped[];
}

const [FIRST_MS, LAST_MS] = [0, Date.UTC(10_000, 0) - 1];

/**
 * Creates a function that prepares the messages of one import, in their order. Each further message of a conversation
 * with the same time gets one more millisecond; otherwise the timeline would sort them by their ids. Ids are made
 * from the time in the source. A format with increasing ids determines the milliseconds itself.
 *
 * @param keepsSecrets whether text that looks like a credential is kept
 */
export function preparer(
  format: string,
  keepsSecrets: boolean,
): (message: ImportedMessage) => Prepared | Skipped {
  const idFor = identifier(format);
  const last = new Map<string, { readonly at: number; readonly count: number }>();
  return (message) => {
    const { conversation, createdAt } = message;
    const notes: Skipped[] = [];
    const clean = (text: string): string => {
      const cut = keepsSecrets ? text : cutSecrets(text, notes);
      return shortened(wellFormed(cut.replaceAll('\r\n', '\n')), notes);
    };
    const files = (message.files ?? []).map((file) => ({ ...file, name: clean(file.name) }));
    const text = clean(message.text);
    if (!(createdAt >= FIRST_MS && createdAt <= LAST_MS))
      return { skipped: 'no-date', example: shortly(text) };
    if (!/\S/u.test(text) && files.length === 0)
      return { skipped: 'empty', example: new Date(createdAt).toISOString() };
    const before = last.get(conversation.id);
    const count = before?.at === createdAt ? before.count + 1 : 0;
    last.set(conversation.id, { at: createdAt, count });
    const { replyTo } = message;
    const tags = [conversation.name, ...(message.tags ?? [])].flatMap((name) => tagFor(name) ?? []);
    return {
      id: idFor({ ...message, text }),
      conversation,
      author: authorOf(message.author),
      type: message.type ?? 'text',
      text: /\S/u.test(text) ? text : '',
      files,
      createdAt: new Date(
        Math.min(createdAt + (message.shift ?? Math.min(count, MOST_SHIFT_MS)), LAST_MS),
      ).toISOString(),
      ...(replyTo === undefined ? {} : { replyTo: importId(format, conversation.id, replyTo) }),
      tags: [...new Set(tags)].slice(0, MOST_TAGS),
      pinned: message.pinned ?? false,
      edits: (message.edits ?? [])
        .filter((edit) => /\S/u.test(edit.text) && edit.at >= FIRST_MS && edit.at <= LAST_MS)
        .map(({ at, text: later }) => ({ at: new Date(at).toISOString(), text: clean(later) })),
      notes,
    };
  };
}

/** Within a second, so the date that git shows remains that of the source. */
const MOST_SHIFT_MS = 999;

function cutSecrets(text: string, notes: Skipped[]): string {
  const seen = secretsIn(text);
  if (seen.length === 0) return text;
  notes.push({ skipped: 'credential-cut', example: seen.join(', ') });
  return withoutSecrets(text);
}

function shortened(text: string, notes: Skipped[]): string {
  if (text.length <= LIMITS.text || lengthOf(text) <= LIMITS.text) return text;
  notes.push({ skipped: 'text-shortened', example: shortly(text) });
  return `${[...text].slice(0, LIMITS.text - 1).join('')}…`;
}

function authorOf(name: string): string {
  const clean = wellFormed(name)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return [...clean].slice(0, LIMITS.author).join('') || 'unknown';
}
