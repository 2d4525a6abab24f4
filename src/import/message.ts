import type { FileContent } from './files.ts';

/** Where messages were written: a channel, chat, topic or notebook. */
export interface Conversation {
  /** Its id in the source, which stays the same from one export to the next. */
  readonly id: string;
  /** Its name for people. */
  readonly name: string;
}

/** A file that belongs to a message. */
export interface MessageFile {
  /** Its name in the source; may be a path. */
  readonly name: string;
  /** Its bytes; absent if the export does not contain them. */
  readonly content?: FileContent | undefined;
}

/** One message of an export, independent of its format. */
export interface ImportedMessage {
  readonly conversation: Conversation;
  /** Its id in the conversation; absent if the format has none. */
  readonly sourceId?: string | undefined;
  /** Empty if the export does not say. */
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /**
   * Milliseconds to add to its time, 0 to 999, based only on the message itself. So messages of the same second keep
   * their order, and get the same times in an export that begins later. If absent, messages with equal times are
   * counted.
   */
  readonly shift?: number | undefined;
  readonly text: string;
  /** `text` if absent. */
  readonly type?: 'text' | 'markdown' | undefined;
  /** The source id of the message that it replies to, in the same conversation. */
  readonly replyTo?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly pinned?: boolean | undefined;
  /** Later texts of the message, oldest first; times in milliseconds since 1970. */
  readonly edits?: readonly { readonly at: number; readonly text: string }[] | undefined;
  readonly files?: readonly MessageFile[] | undefined;
}

/** Something in an export that is not a message, or cannot become one. Examples are short and contain no credential. */
export interface Skipped {
  readonly skipped: string;
  readonly example: string;
}

/** A line of a gitpost journal, kept byte for byte. */
interface JournalItem {
  readonly raw: string;
  /** The bytes of the files that it names, by hash, as far as the export contains them. */
  readonly contents: ReadonlyMap<string, FileContent>;
}

export type Item = ImportedMessage | Skipped | JournalItem;

/** What a reader has to know that the export does not say. */
export interface ReadOptions {
  /** The IANA time zone for times that have none. */
  readonly zone?: string | undefined;
  /** The order of day and month in dates such as `12/9/20`. */
  readonly dates?: 'dmy' | 'mdy' | undefined;
}
