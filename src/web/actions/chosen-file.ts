import { cleanFileName, extensionOf } from '../../domain/attachment.ts';
import { endingOf } from '../../domain/media/types.ts';
import { whyNotReadable } from '../api/readable.ts';
import type { Extensions } from '../state/draft-files.ts';
import { descriptionIn, nameFor, withoutDirection } from '../text/files.ts';
import type { PreparedFile } from './prepare-file.ts';

/** Loads the code that prepares files soon after the page, since it could not be loaded without the server. */
export function getReadyForFiles(): void {
  void import('./prepare-file.ts').catch(() => undefined);
}

/** What can be sent of a file. */
interface Ready extends PreparedFile {
  readonly ok: true;
  /** Its name, with the extension of the smaller picture if there is one. */
  readonly name: string;
  readonly extensions: Extensions;
}

/** Decides what can be sent of a file, or says why nothing can be. */
export async function prepared(file: File): Promise<Ready | { readonly ok: false; readonly why: string }> {
  const reason = await whyNotReadable(file);
  if (reason !== undefined) return { ok: false, why: reason };
  return prepare(file).catch(async () => ({
    ok: false,
    why:
      (await whyNotReadable(file)) ??
      'A part of the page could not be loaded. Reload it, and add the file again.',
  }));
}

async function prepare(file: File): Promise<Ready> {
  const name = withoutDirection(cleanFileName(file.name));
  const extension = extensionOf(name);
  const { prepareFile } = await import('./prepare-file.ts');
  const ready = await prepareFile(file);
  const reduced = ready.reduced ? endingOf(ready.reduced.type) : extension;
  return {
    ...ready,
    ok: true,
    name: nameFor(descriptionIn(name, extension), reduced),
    extensions: { original: extension, reduced },
  };
}
