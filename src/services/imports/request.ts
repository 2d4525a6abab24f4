import type { ImportFormat, ImportResult } from '../../contract/import.ts';
import type { FormatName } from '../../import/formats.ts';
import type { ReadOptions } from '../../import/message.ts';

/** What to import, and how. */
export interface ImportRequest extends ReadOptions {
  /** Where the export is on disk: a file or a folder. */
  readonly path: string;
  /** The original name of the file. */
  readonly name?: string | undefined;
  readonly format: ImportFormat;
  readonly repository: string;
  /** The ids of the conversations to import; all of them if absent. */
  readonly conversations?: readonly string[] | undefined;
  /** Whether text that looks like a credential is imported unchanged, because that was confirmed. */
  readonly confirm?: boolean | undefined;
}

export interface Progress {
  readonly stage: 'reading' | 'writing';
  readonly done: number;
  /** `null` while it is unknown. */
  readonly total: number | null;
}

/** An export that was read to its end. Nothing is written yet. */
export interface Scan {
  readonly format: FormatName;
  /** What an import would do. */
  readonly result: ImportResult;
  readonly messages: number;
}
