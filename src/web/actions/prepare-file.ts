import { MOST_ATTACHMENT_BYTES } from '../../domain/attachment.ts';
import { mayTellPlace } from '../../domain/media/place.ts';
import { HEAD_BYTES, typeOfBytes } from '../../domain/media/signatures.ts';
import { withoutDetails } from '../../domain/media/strip-jpeg.ts';
import { shrink } from './shrink.ts';

/** What can be sent of a chosen file. */
export interface PreparedFile {
  /** The file as it was chosen; a JPEG without its metadata. */
  readonly original: Blob;
  /** A smaller picture made from it, if that is worth it. */
  readonly reduced: Blob | null;
  /** Whether the original may reveal where it was taken. */
  readonly tells: boolean;
}

/** Decides by the bytes of a file what can be sent of it, since its name and its type may be missing or wrong. */
export async function prepareFile(file: Blob): Promise<PreparedFile> {
  const head = await bytesOf(file.slice(0, HEAD_BYTES));
  // Uploading it shows whether it can be read by then.
  if (!head) return { original: file, reduced: null, tells: /^(?:image|video)\//.test(file.type) };
  const type = typeOfBytes(head);
  const [clean, reduced] = await Promise.all([
    type === 'image/jpeg' ? cleaned(file) : undefined,
    shrink(file, type),
  ]);
  const tells = !clean && (await mayTellPlace(file, type));
  return { original: clean ?? file, reduced, tells };
}

/** The bytes of a file; `undefined` if it cannot be read, such as a folder that was dropped, or a file that is gone. */
const bytesOf = (file: Blob): Promise<Uint8Array | undefined> =>
  file.arrayBuffer().then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );

/** A photo without its metadata; `undefined` if its metadata cannot be removed. */
async function cleaned(file: Blob): Promise<Blob | undefined> {
  const bytes = file.size > MOST_ATTACHMENT_BYTES ? undefined : await bytesOf(file);
  const clean = bytes && withoutDetails(bytes);
  return clean && new Blob([clean], { type: 'image/jpeg' });
}
