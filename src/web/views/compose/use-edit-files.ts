import { useRef, useState } from 'preact/hooks';
import { type Attachment, MOST_ATTACHMENTS } from '../../../domain/attachment.ts';
import { uploadForEdit } from '../../actions/edit-files.ts';
import { show } from '../../state/notices.ts';

/** A file that is being uploaded. */
export interface Arriving {
  readonly key: number;
  readonly name: string;
  /** The fraction sent, from 0 to 1. */
  readonly part: number;
}

/** The files of a message that is being edited, including those added during the edit. */
export function useEditFiles(files: readonly Attachment[], onChange: (files: readonly Attachment[]) => void) {
  const [arriving, setArriving] = useState<readonly Arriving[]>([]);
  // Several uploads may finish at the same time, and each must see the result of the others.
  const now = useRef({ files, arriving });
  now.current.files = files;
  const change = (next: readonly Arriving[]) => {
    now.current.arriving = next;
    setArriving(next);
  };
  const isOver = useRef(false);
  const count = useRef(0);
  const running = useRef(new Set<Promise<void>>());

  const take = async (file: File): Promise<void> => {
    count.current += 1;
    const key = count.current;
    change([...now.current.arriving, { key, name: file.name, part: 0 }]);
    const uploaded = await uploadForEdit(file, (part) =>
      change(now.current.arriving.map((one) => (one.key === key ? { ...one, part } : one))),
    );
    if (isOver.current) return;
    change(now.current.arriving.filter((one) => one.key !== key));
    if (!uploaded.ok) return show('bad', `${file.name} was not added. ${uploaded.why}`);
    if (uploaded.tells)
      show(
        'plain',
        `${file.name} may say where it was taken. Remove it before you save if nobody should know.`,
      );
    const { files: held } = now.current;
    if (held.some(({ sha256 }) => sha256 === uploaded.file.sha256)) return;
    now.current.files = [...held, uploaded.file];
    onChange(now.current.files);
  };
  const add = (chosen: readonly File[]) => {
    const room = MOST_ATTACHMENTS - now.current.files.length - now.current.arriving.length;
    if (chosen.length > room) show('plain', `A message can have ${MOST_ATTACHMENTS} files.`);
    for (const file of chosen.slice(0, Math.max(0, room))) {
      const taking = take(file).finally(() => running.current.delete(taking));
      running.current.add(taking);
    }
  };
  /** Resolves when no file is being uploaded any more. */
  const settled = async () => {
    while (running.current.size > 0) await Promise.all(running.current);
  };
  /** The edit is over, so uploads still in progress are not used. */
  const stop = () => {
    isOver.current = true;
  };
  return { arriving, add, settled, stop, files: () => now.current.files };
}
