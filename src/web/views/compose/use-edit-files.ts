import { useRef, useState } from 'preact/hooks';
import { type Attachment, MOST_ATTACHMENTS } from '../../../domain/attachment.ts';
import { type Shrunk, type Uploaded, uploadForEdit, uploadShrunk } from '../../actions/edit-files.ts';
import { show } from '../../state/notices.ts';
import { useRemembered } from '../../state/opened.ts';
import { descriptionIn, leftOutInWords, nameFor } from '../../text/files.ts';

/** A file that is being uploaded. */
export interface Arriving {
  readonly key: number;
  readonly name: string;
  /** The fraction sent, from 0 to 1. */
  readonly part: number;
  /** The SHA-256 of the file whose place it takes, if any. */
  readonly replaces: string | undefined;
}

/** A picture that was added during the edit and made smaller. */
export interface Picture extends Shrunk {
  readonly wantsOriginal: boolean;
}

const NO_PICTURES: ReadonlyMap<string, Picture> = new Map();

/** The files of a message that is being edited, including those added during the edit. */
export function useEditFiles(
  id: string,
  files: readonly Attachment[],
  onChange: (files: readonly Attachment[]) => void,
) {
  const [arriving, setArriving] = useState<readonly Arriving[]>([]);
  const [pictures, setPictures] = useRemembered(`pictures ${id}`, NO_PICTURES);
  // Several uploads may finish at the same time, and each must see the result of the others.
  const now = useRef({ files, arriving, pictures });
  now.current.files = files;
  const change = (next: readonly Arriving[]) => {
    now.current.arriving = next;
    setArriving(next);
  };
  /** The places of the files that were added, in the order in which they were chosen, by SHA-256. */
  const places = useRef(new Map<string, number>());
  const isOver = useRef(false);
  const count = useRef(0);
  const taken = useRef(0);
  const running = useRef(new Set<Promise<void>>());

  /** Shows a file while it is being uploaded. Resolves to the file, or to nothing if the edit has no use for it. */
  const uploading = async (
    name: string,
    replaces: string | undefined,
    upload: (onProgress: (part: number) => void) => Promise<Uploaded>,
  ) => {
    count.current += 1;
    const key = count.current;
    change([...now.current.arriving, { key, name, part: 0, replaces }]);
    const uploaded = await upload((part) =>
      change(now.current.arriving.map((one) => (one.key === key ? { ...one, part } : one))),
    );
    if (isOver.current) return undefined;
    change(now.current.arriving.filter((one) => one.key !== key));
    if (uploaded.ok) return uploaded;
    show('bad', `${name} was not uploaded. ${uploaded.why}`);
    return undefined;
  };
  const put = (next: readonly Attachment[]) => {
    now.current.files = next;
    onChange(next);
  };
  const keepPicture = (sha256: string, picture: Picture) => {
    now.current.pictures = new Map(now.current.pictures).set(sha256, picture);
    setPictures(now.current.pictures);
  };

  /** Uploads end in any order, so each file goes before those that were chosen later. */
  const insert = (file: Attachment, place: number) => {
    places.current.set(file.sha256, place);
    const { files: all } = now.current;
    const later = all.findIndex(({ sha256 }) => (places.current.get(sha256) ?? -1) > place);
    put(later === -1 ? [...all, file] : [...all.slice(0, later), file, ...all.slice(later)]);
  };

  const take = async (file: File): Promise<void> => {
    taken.current += 1;
    const place = taken.current;
    const uploaded = await uploading(file.name, undefined, (onProgress) => uploadForEdit(file, onProgress));
    if (!uploaded) return;
    if (uploaded.tells)
      show(
        'plain',
        `${file.name} may say where it was taken. Remove it before you save if nobody should know.`,
      );
    const { sha256 } = uploaded.file;
    if (now.current.files.some((one) => one.sha256 === sha256))
      return show('plain', `${file.name} was left out: the same file is already there.`);
    if (uploaded.shrunk) keepPicture(sha256, { ...uploaded.shrunk, wantsOriginal: false });
    insert(uploaded.file, place);
  };
  const swap = async (sha256: string, wantsOriginal: boolean): Promise<void> => {
    const [picture, name] = [now.current.pictures.get(sha256), nameOf(now.current.files, sha256)];
    if (!picture || name === undefined) return;
    const uploaded = await uploading(name, sha256, (onProgress) =>
      uploadShrunk(name, picture, wantsOriginal, onProgress),
    );
    if (!uploaded) return;
    keepPicture(uploaded.file.sha256, { ...picture, wantsOriginal });
    // It may have been renamed or removed meanwhile, and the message may have the other one already.
    const others = now.current.files.filter((one) => one.sha256 !== uploaded.file.sha256);
    const { original, reduced } = picture.extensions;
    const [from, to] = wantsOriginal ? [reduced, original] : [original, reduced];
    places.current.set(uploaded.file.sha256, places.current.get(sha256) ?? -1);
    const swapped = (old: string) => ({ ...uploaded.file, name: nameFor(descriptionIn(old, from), to) });
    put(others.map((one) => (one.sha256 === sha256 ? swapped(one.name) : one)));
  };
  const run = (work: Promise<void>) => {
    const done = work.finally(() => running.current.delete(done));
    running.current.add(done);
  };

  const add = (chosen: readonly File[]) => {
    const used = now.current.files.length + now.current.arriving.length;
    const room = Math.max(0, MOST_ATTACHMENTS - used);
    const leftOut = chosen.slice(room).map(({ name }) => name);
    if (leftOut.length > 0) show('plain', leftOutInWords(MOST_ATTACHMENTS, leftOut));
    for (const file of chosen.slice(0, room)) run(take(file));
  };
  /** Uses the original of a picture instead of the smaller one, or the smaller one again. */
  const useOriginal = (sha256: string, wantsOriginal: boolean) => run(swap(sha256, wantsOriginal));
  /** Resolves when no file is being uploaded any more. */
  const settled = async () => {
    while (running.current.size > 0) await Promise.all(running.current);
  };
  /** The edit is over, so uploads still in progress are not used. */
  const stop = () => {
    isOver.current = true;
    setPictures(NO_PICTURES);
  };
  return { arriving, pictures, add, useOriginal, settled, stop, files: () => now.current.files };
}

const nameOf = (files: readonly Attachment[], sha256: string): string | undefined =>
  files.find((one) => one.sha256 === sha256)?.name;
