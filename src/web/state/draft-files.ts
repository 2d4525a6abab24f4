import { kindOfFile } from '../text/files.ts';
import { dropBytes, storeBytes, storedBytes } from './draft-file-storage.ts';
import { createStore } from './store.ts';

/** A file of a message that is being written. */
export interface DraftFile {
  readonly key: string;
  /** Its name, which is also the alternative text of a picture. */
  readonly name: string;
  /** The part of its name that stays when it is described; absent in drafts stored by an earlier build. */
  readonly extension?: string;
  readonly type: string;
  /** In bytes, as it is sent. */
  readonly size: number;
  /** The size of the original file, if a smaller picture was made from it. */
  readonly originalSize: number | null;
  readonly wantsOriginal: boolean;
  /** Whether the original file may reveal where it was taken. */
  readonly tells?: boolean;
  /** Set once the server has it. */
  readonly sha256: string | null;
  /** Why it cannot be sent. */
  readonly problem: string | null;
}

/** The extensions of the original of a picture, and of the smaller one made from it. */
export interface Extensions {
  readonly original: string;
  readonly reduced: string;
}

/** The bytes of a file, which only this browser has. */
export interface Bytes {
  readonly original: Blob;
  /** The smaller picture made from it. */
  readonly reduced: Blob | null;
  readonly extensions: Extensions;
  /** The address at which a picture can be seen before it is sent. */
  readonly preview: string | null;
}

/** The bytes of a draft's files, by key. */
export const bytesOfFiles = new Map<string, Bytes>();

/** Keeps the bytes of a file, also over a reload. */
export function keepBytes(key: string, bytes: Omit<Bytes, 'preview'>): void {
  hold(key, bytes);
  void storeBytes(key, bytes);
}

/** Returns whether the bytes of a file were still in this browser after a reload. */
export async function recallBytes(key: string): Promise<boolean> {
  const bytes = (await storedBytes(key)) as Omit<Bytes, 'preview'> | undefined;
  if (bytes) hold(key, bytes);
  return bytes !== undefined;
}

function hold(key: string, bytes: Omit<Bytes, 'preview'>): void {
  const shown = bytes.reduced ?? bytes.original;
  const preview = kindOfFile(shown.type) === 'picture' ? URL.createObjectURL(shown) : null;
  bytesOfFiles.set(key, { ...bytes, preview });
}

/** The bytes to send for a file. */
export function blobOf({ key, wantsOriginal }: DraftFile): Blob | undefined {
  const bytes = bytesOfFiles.get(key);
  return wantsOriginal ? bytes?.original : (bytes?.reduced ?? bytes?.original);
}

/** Replaces the bytes of a file by a copy of them. */
export function replaceBytes(key: string, blob: Blob, copy: Blob): void {
  const bytes = bytesOfFiles.get(key);
  if (!bytes) return;
  const { original, reduced } = bytes;
  bytesOfFiles.set(key, {
    ...bytes,
    original: original === blob ? copy : original,
    reduced: reduced === blob ? copy : reduced,
  });
}

/** Frees the bytes of files that were sent or removed. */
export function forgetBytes(keys: Iterable<string>): void {
  for (const key of keys) {
    const { preview } = bytesOfFiles.get(key) ?? {};
    if (preview) URL.revokeObjectURL(preview);
    bytesOfFiles.delete(key);
    void dropBytes(key);
  }
}

type Progress = ReadonlyMap<string, number>;

/** The fraction sent of each file that is being uploaded, from 0 to 1, by key; `null` if it no longer is. */
export const progress = createStore<Progress, { readonly key: string; readonly part: number | null }>(
  (state, { key, part }) => {
    const next = new Map(state);
    if (part === null) next.delete(key);
    else next.set(key, part);
    return next;
  },
  new Map(),
);
