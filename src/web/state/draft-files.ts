import { createStore } from './store.ts';

/** A file of a message that is being written. */
export interface DraftFile {
  readonly key: string;
  /** Its name, which is read aloud instead of a picture. */
  readonly name: string;
  readonly type: string;
  /** In bytes, as it is sent. */
  readonly size: number;
  /** How large the file was that was chosen, if a smaller picture was made of it. */
  readonly originalSize: number | null;
  readonly wantsOriginal: boolean;
  /** Whether the file that was chosen may say where it was taken. */
  readonly tells?: boolean;
  /** Once the server has it. */
  readonly sha256: string | null;
  /** Why the server does not take it. */
  readonly problem: string | null;
}

/** The bytes of a file, which only this tab has. */
export interface Bytes {
  readonly original: Blob;
  /** The smaller picture that was made of it. */
  readonly reduced: Blob | null;
  /** Where a picture can be seen before it is sent. */
  readonly preview: string | null;
}

/** The bytes of the files of a draft, by their keys. */
export const bytesOfFiles = new Map<string, Bytes>();

/** What is sent of a file; nothing after a reload. */
export function blobOf({ key, wantsOriginal }: DraftFile): Blob | undefined {
  const bytes = bytesOfFiles.get(key);
  return wantsOriginal ? bytes?.original : (bytes?.reduced ?? bytes?.original);
}

/** Lets go of the bytes of files that were sent or taken off. */
export function forgetBytes(keys: Iterable<string>): void {
  for (const key of keys) {
    const { preview } = bytesOfFiles.get(key) ?? {};
    if (preview) URL.revokeObjectURL(preview);
    bytesOfFiles.delete(key);
  }
}

type Progress = ReadonlyMap<string, number>;

/** How much of each file is sent that is on its way, from 0 to 1, by its key; `null` if it no longer is. */
export const progress = createStore<Progress, { readonly key: string; readonly part: number | null }>(
  (state, { key, part }) => {
    const next = new Map(state);
    if (part === null) next.delete(key);
    else next.set(key, part);
    return next;
  },
  new Map(),
);
