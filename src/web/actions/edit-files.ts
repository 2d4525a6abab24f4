import type { Attachment } from '../../domain/attachment.ts';
import { uploadFile } from '../api/attachments.ts';
import { prepared } from './files.ts';

/** What became of a file that was chosen for an edit: the server has it, and whether it may say where it was taken; or why not. */
export type Uploaded =
  | { readonly ok: true; readonly file: Attachment; readonly tells: boolean }
  | { readonly ok: false; readonly why: string };

/**
 * Makes a file ready as for a new message, and uploads it at once, since an edit waits for no server.
 *
 * @param onProgress gets the part that is sent, from 0 to 1
 */
export async function uploadForEdit(file: File, onProgress: (part: number) => void): Promise<Uploaded> {
  const ready = await prepared(file).catch(() => undefined);
  if (!ready)
    return { ok: false, why: 'A part of the page could not be loaded. Reload it, and add the file again.' };
  const { original, reduced, name, tells } = ready;
  const answer = await uploadFile(name, reduced ?? original, onProgress);
  // The same bytes may be known by another name.
  return answer.ok
    ? { ok: true, file: { ...answer.body, name }, tells: tells && !reduced }
    : { ok: false, why: answer.problem.detail };
}
