import type { Attachment } from '../../domain/attachment.ts';
import { uploadFile } from '../api/attachments.ts';
import type { Extensions } from '../state/draft-files.ts';
import { prepared } from './chosen-file.ts';

/** A picture of which a smaller one was made. */
export interface Shrunk {
  readonly original: Blob;
  readonly reduced: Blob;
  readonly extensions: Extensions;
  /** Whether the original may reveal where it was taken. */
  readonly tells: boolean;
}

/**
 * The result for a file chosen for an edit: the file on the server and whether it may reveal where it was taken, or
 * why it was not uploaded.
 */
export type Uploaded =
  | { readonly ok: true; readonly file: Attachment; readonly tells: boolean; readonly shrunk: Shrunk | null }
  | { readonly ok: false; readonly why: string };

/**
 * Prepares a file as for a new message, and uploads it immediately, since an edit does not wait for a server.
 *
 * @param onProgress called with the fraction sent, from 0 to 1
 */
export async function uploadForEdit(file: File, onProgress: (part: number) => void): Promise<Uploaded> {
  const ready = await prepared(file);
  if (!ready.ok) return ready;
  const { original, reduced, extensions, name, tells } = ready;
  if (reduced) return uploadShrunk(name, { original, reduced, extensions, tells }, false, onProgress);
  return upload(name, original, { tells, shrunk: null }, onProgress);
}

/** Uploads the original of a picture, or the smaller one that was made from it. */
export function uploadShrunk(
  name: string,
  shrunk: Shrunk,
  wantsOriginal: boolean,
  onProgress: (part: number) => void,
): Promise<Uploaded> {
  const { original, reduced, tells } = shrunk;
  return upload(
    name,
    wantsOriginal ? original : reduced,
    { tells: tells && wantsOriginal, shrunk },
    onProgress,
  );
}

async function upload(
  name: string,
  blob: Blob,
  known: { readonly tells: boolean; readonly shrunk: Shrunk | null },
  onProgress: (part: number) => void,
): Promise<Uploaded> {
  const answer = await uploadFile(name, blob, onProgress);
  // The server may know the same bytes by another name.
  return answer.ok
    ? { ok: true, file: { ...answer.body, name }, ...known }
    : { ok: false, why: answer.problem.detail };
}
