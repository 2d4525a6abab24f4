/** One file of an export. */
export interface ExportFile {
  /** Its path in the export, with `/`. */
  readonly name: string;
  /** In bytes, unpacked. */
  readonly size: number;
  /** When it was last changed, in milliseconds since 1970; absent if only known without a zone. */
  readonly modifiedAt?: number | undefined;
  readonly read: () => AsyncIterable<Buffer>;
}

/** An export on disk: a file, a folder, or the contents of a zip. Nothing is unpacked. */
export interface ExportSource {
  readonly files: readonly ExportFile[];
  /** Whether it is one file, not a zip or a folder. */
  readonly isSingle: boolean;
  readonly close: () => Promise<void>;
}
