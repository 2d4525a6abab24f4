import type { Attachment } from '../../domain/attachment.ts';
import { uploadFile } from '../api/attachments.ts';
import { prepared } from './files.ts';

/**
 * The result for a file chosen for an edit: the file on the server and whether it may reveal where it was taken, or
 * why it was not uploaded.
 */
export type Uploaded =
  | { readonly ok: true; readonly file: Attachment; readonly tells: boolean }
  | { readonly ok: false; readonly why: string };

/**
 * Prepares a file as for a new message, and uploads it immediately, since an edit does not wait for a server.
 *
 * @param onProgress called with the fraction sent, from 0 to 1
 */
export async function uploadForEdit(file: File, onProgress: (part: number) => void): Promise<Uploaded> {
  const ready = await prepared(file).catch(() => undefined);
  if (!ready)
    return { ok: false, why: 'A part of the page could not be loaded. Reload it, and add the file again.' };
  const { original, reduced, name, tells } = ready;
  const answer = await uploadFile(name, reduced ?? original, onProgress);
  // The server may know the same bytes by another name.
  return answer.ok
    ? { ok: true, file: { ...answer.body, name }, tells: tells && !reduced }
    : { ok: false, why: answer.problem.detail };
}
