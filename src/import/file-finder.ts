import type { ExportFile } from './files.ts';

/** Finds the files of an export that its messages refer to. A reference never leads out of the export. */
export class FileFinder {
  readonly #byPath = new Map<string, ExportFile>();
  /** By the last part of the path; `null` if several files share it. */
  readonly #byName = new Map<string, ExportFile | null>();

  constructor(files: readonly ExportFile[]) {
    for (const file of files) {
      const path = file.name.normalize('NFC');
      this.#byPath.set(path, file);
      const name = lastPartOf(path);
      this.#byName.set(name, this.#byName.has(name) ? null : file);
    }
  }

  /**
   * The file at a path.
   *
   * @param from the path of the file that refers to it; the path is relative to its folder
   */
  at(reference: string, from = ''): ExportFile | undefined {
    const parts = from.split('/').slice(0, -1);
    for (const part of reference.replaceAll('\\', '/').split('/')) {
      if (part === '' || part === '.') continue;
      if (part !== '..') parts.push(part);
      else if (parts.pop() === undefined) return undefined;
    }
    return this.#byPath.get(parts.join('/').normalize('NFC'));
  }

  /** The file at a path that is relative to the folder of another file, or to one above it. */
  above(reference: string, from: string): ExportFile | undefined {
    for (let place = from; ; place = place.slice(0, place.lastIndexOf('/'))) {
      const found = this.at(reference, place);
      if (found || !place.includes('/')) return found;
    }
  }

  /** The only file with a name, wherever it is. Some programs write the path on the computer that made the export. */
  named(reference: string): ExportFile | undefined {
    return this.#byName.get(lastPartOf(reference.normalize('NFC'))) ?? undefined;
  }
}

/** The last part of a path, with either kind of slash. */
export const lastPartOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;
