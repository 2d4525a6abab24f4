import { lastPartOf } from '../file-finder.ts';
import type { ExportFile } from '../files.ts';
import { type Members, membersOf, textOf } from '../values.ts';

const FOLDERS: Readonly<Record<string, string>> = {
  'm.image': 'images',
  'm.video': 'videos',
  'm.audio': 'audio',
  'm.sticker': 'stickers',
};

/** The date that Element adds to file names, in the person's language. */
const DATE = /^-[\p{L}\p{M}\d .,:\u200e\u202f-]{1,60}$/u;

/**
 * The files that Element saves next to the JSON. An event does not say which file is its own. The file's name
 * consists of its original name and the local date, so it is found by its beginning and end, then by its size, then
 * by minute and second.
 */
export class ElementMedia {
  readonly #byFolder = new Map<string, ExportFile[]>();

  constructor(files: readonly ExportFile[]) {
    for (const file of files) {
      const folder = file.name.slice(0, file.name.lastIndexOf('/') + 1);
      const others = this.#byFolder.get(folder);
      if (others) others.push(file);
      else this.#byFolder.set(folder, [file]);
    }
  }

  /** The file of an event, unless several files match. */
  find(event: Members, from: string): ExportFile | undefined {
    const content = membersOf(event.content);
    const type = event.type === 'm.sticker' ? 'm.sticker' : textOf(content.msgtype);
    const body = textOf(content.body);
    const dot = body.lastIndexOf('.');
    const [stem, ending] = dot === -1 ? [body, ''] : [body.slice(0, dot), body.slice(dot)];
    const endings =
      type === 'm.sticker' ? ['.png'] : ending === '' && type === 'm.audio' ? ['', '.ogg'] : [ending];
    const folder = `${from.slice(0, from.lastIndexOf('/') + 1)}${FOLDERS[type] ?? 'files'}/`;
    const isLike = ({ name }: ExportFile): boolean =>
      endings.some((end) => {
        const base = lastPartOf(name);
        return (
          base.startsWith(stem) &&
          base.endsWith(end) &&
          DATE.test(base.slice(stem.length, base.length - end.length))
        );
      });
    const like = (this.#byFolder.get(folder) ?? []).filter(isLike);
    const { size } = membersOf(content.info);
    const sized = typeof size === 'number' ? like.filter((file) => file.size === size) : like;
    if (sized.length <= 1) return sized[0];
    const time = new Date(Number(event.origin_server_ts));
    if (Number.isNaN(time.getTime())) return undefined;
    const clock = time.toISOString().slice(14, 19).replace(':', '-');
    const timed = sized.filter(({ name }) => lastPartOf(name).includes(`-${clock}`));
    return timed.length === 1 ? timed[0] : undefined;
  }
}
