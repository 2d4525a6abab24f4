import type { Message } from '../contract/message.ts';
import type { Line } from '../journal/line.ts';

/** A message as it is exported. */
export interface Exported {
  readonly message: Message;
  readonly current: Line;
  /** All its revisions, parents first. */
  readonly lines: readonly Line[];
}

/** Which messages an export has. `all` includes deleted ones, if the filter has only a repository and times. */
export type ExportedMessages = 'existing' | 'all';

/** Writes one format. Each export has its own renderer, since some remember what they wrote before. */
export interface Renderer {
  /** The media type, with its charset. */
  readonly type: string;
  /** The file's extension, without the dot. */
  readonly extension: string;
  readonly order: 'newest-first' | 'oldest-first';
  readonly messages?: ExportedMessages;
  readonly head: string;
  readonly each: (exported: Exported) => string;
  readonly tail: string;
}
