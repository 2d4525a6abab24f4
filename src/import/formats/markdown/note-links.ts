import { cleanFileName } from '../../../domain/attachment.ts';
import { type FileFinder, lastPartOf } from '../../file-finder.ts';
import type { ExportFile } from '../../files.ts';
import type { MessageFile } from '../../message.ts';

/** A note whose links to files use their names, and the files. */
export interface LinkedNote {
  readonly text: string;
  readonly files: readonly MessageFile[];
}

/** Inline code: links in it do not count. */
const CODE = /(?<!`)(`{1,5})(?!`)[^`\n]{1,1000}\1(?!`)/g;
const FENCE = /^ {0,3}(`{3,20}|~{3,20})/;
/** `![[image.png|300]]`, `[[Note#Part|words]]`. */
const WIKI = /(!?)\[\[([^[\]|\n]{1,300})(?:\|([^[\]\n]{0,300}))?\]\]/g;
/** `![words](image.png "title")`, `[words](<my file.pdf>)`. */
const LINK =
  /(!?)\[([^[\]\n]{0,300})\]\((?:<([^<>\n]{1,500})>|([^()\s<>]{1,500}(?:\([^()\s<>]{0,100}\))?[^()\s<>]{0,100}))(?: "[^"\n]{0,200}")?\)/g;
const NOTE = /\.(?:md|markdown)$/i;

/** Collects the files that a note shows or links to, and names each so the Markdown finds it among the attachments. */
export function linkedNote(note: string, from: string, finder: FileFinder): LinkedNote {
  const files = new Map<string, MessageFile>();
  const taken = new Map<ExportFile, string>();
  const addressOf = (reference: string): string | undefined => {
    const path = decoded(reference.split(/[#?]/, 1)[0] ?? '');
    const content = finder.above(path, from) ?? finder.named(path);
    if (!content) {
      files.set(`missing ${path}`, { name: lastPartOf(path) });
      return undefined;
    }
    const known = taken.get(content);
    const name = known ?? freeName(cleanFileName(lastPartOf(content.name)), files);
    taken.set(content, name);
    files.set(name, { name, content });
    return `attachment:${encodeURIComponent(name).replace(/[()']/g, (one) => `%${one.charCodeAt(0).toString(16)}`)}`;
  };
  const inText = (piece: string): string =>
    piece
      .replace(WIKI, (whole, bang: string, target: string, words?: string) => {
        const shown = words ?? target.replace(/#/g, ' > ').trim();
        const isFile = /\.\w{1,8}$/.test(target) && !NOTE.test(target);
        if (!isFile) return shown;
        const address = addressOf(target);
        if (address === undefined) return whole;
        return bang === '' ? shown : `![${/^[\dx]*$/.test(words ?? '') ? '' : words}](${address})`;
      })
      .replace(LINK, (whole, bang: string, words: string, bracketed?: string, bare?: string) => {
        const reference = bracketed ?? bare ?? '';
        if (
          /^[a-z][a-z\d+.-]{0,30}:|^[#/]|^$/i.test(reference) ||
          NOTE.test(reference.split('#', 1)[0] ?? '')
        )
          return whole;
        // A link without an extension leads to a note or a page, not to a file.
        if (bang === '' && !/\.\w{1,8}$/.test(reference.split(/[#?]/, 1)[0] ?? '')) return whole;
        const address = addressOf(reference);
        return address === undefined || bang === '' ? whole : `![${words}](${address})`;
      });
  const inLine = (line: string): string => {
    let text = '';
    let end = 0;
    for (const code of line.matchAll(CODE)) {
      text += inText(line.slice(end, code.index)) + code[0];
      end = code.index + code[0].length;
    }
    return text + inText(line.slice(end));
  };
  let fence: string | undefined;
  const lines = note.split('\n').map((line) => {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
      return line;
    }
    fence = mark;
    return mark === undefined ? inLine(line) : line;
  });
  return { text: lines.join('\n'), files: [...files.values()] };
}

/** Makes a name unique if two files share it. */
function freeName(name: string, files: ReadonlyMap<string, unknown>): string {
  const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length;
  for (let number = 2, free = name; ; number += 1) {
    if (!files.has(free)) return free;
    free = `${name.slice(0, dot)}-${number}${name.slice(dot)}`;
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
