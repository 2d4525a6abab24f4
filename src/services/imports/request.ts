import type { ImportFormat, ImportResult } from '../../contract/import.ts';
import type { FormatName } from '../../import/formats.ts';
import type { ReadOptions } from '../../import/message.ts';

/** What to import, and how. */
export interface ImportRequest extends ReadOptions {
  /** Where the export is on disk: a file or a folder. */
  readonly path: string;
  /** What the file was called. */
  readonly name?: string | undefined;
  readonly format: ImportFormat;
  readonly repository: string;
  /** The ids of the only conversations to import; all of them if absent. */
  readonly conversations?: readonly string[] | undefined;
  /** Whether text that looks like a credential is meant to be imported as it is. */
  readonly confirm?: boolean | undefined;
}

export interface Progress {
  readonly stage: 'reading' | 'writing';
  readonly done: number;
  /** `null` while nobody knows. */
  readonly total: number | null;
}

/** An export that was read to its end: nothing is written yet. */
export interface Scan {
  readonly format: FormatName;
  /** What an import would do. */
  readonly result: ImportResult;
  readonly messages: number;
}
