import type { Message } from '../contract/message.ts';
import type { Line } from '../journal/line.ts';

/** A message as it is exported. */
export interface Exported {
  readonly message: Message;
  readonly current: Line;
  /** All its revisions, parents first. */
  readonly lines: readonly Line[];
}

/** Writes one format. A renderer is made for each export, since some remember what came before. */
export interface Renderer {
  /** The media type, with its charset. */
  readonly type: string;
  /** Of the file's name, without the dot. */
  readonly extension: string;
  readonly order: 'newest-first' | 'oldest-first';
  /** Whether messages that are deleted are exported too, if the filter can say so of them. */
  readonly withDeleted?: boolean;
  readonly head: string;
  readonly each: (exported: Exported) => string;
  readonly tail: string;
}
