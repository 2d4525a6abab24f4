import type { LocalTime } from '../domain/zone.ts';

/** The bytes of a file, which can be read more than once. */
export interface FileContent {
  /** In bytes, unpacked. */
  readonly size: number;
  readonly read: () => AsyncIterable<Buffer>;
}

/** One file of an export. */
export interface ExportFile extends FileContent {
  /** Its path in the export, with `/`. */
  readonly name: string;
  /** When it was last changed, in milliseconds since 1970; absent if that is only known without a zone. */
  readonly modifiedAt?: number | undefined;
  /** When it was last changed, by the clock of the computer that made the zip, if nothing better is known. */
  readonly modifiedLocal?: LocalTime | undefined;
}

/** An export on disk: a file, a folder, or the contents of a zip. Nothing is unpacked. */
export interface ExportSource {
  readonly files: readonly ExportFile[];
  /** Whether it is a single file, not a zip or a folder. */
  readonly isSingle: boolean;
  readonly close: () => Promise<void>;
}
