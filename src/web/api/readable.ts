const folders = new WeakSet<File>();

/** The files that were dropped or pasted. A browser hands out a folder like a file, but nothing can be read from it. */
export function filesIn(data: DataTransfer | null): readonly File[] {
  return [...(data?.items ?? [])].flatMap((item) => {
    const file = item.kind === 'file' ? item.getAsFile() : null;
    if (file === null) return [];
    if (item.webkitGetAsEntry()?.isDirectory) folders.add(file);
    return [file];
  });
}

/** Why nothing can be read from a file that was chosen; `undefined` if something can. */
export async function whyNotReadable(file: Blob): Promise<string | undefined> {
  if (file instanceof File && folders.has(file)) return 'This is a folder. Add the files in it instead.';
  // The size of a file that is gone may be 0 as well, and a part of nothing can be read.
  const start = file.size === 0 ? file : file.slice(0, 1);
  const isReadable = await start.arrayBuffer().then(
    () => true,
    () => false,
  );
  return isReadable ? undefined : NOT_READABLE;
}

export const NOT_READABLE =
  'This file cannot be read. It may have been moved, changed or deleted since it was chosen.';

/**
 * What is in a file that was chosen, so that it can still be sent after the file itself has changed or is gone;
 * `undefined` if it cannot be read.
 */
export async function copyOf(file: Blob): Promise<Blob | undefined> {
  // Every other blob is a copy already.
  if (!(file instanceof File)) return file;
  return file.arrayBuffer().then(
    (bytes) => new Blob([bytes], { type: file.type }),
    () => undefined,
  );
}
