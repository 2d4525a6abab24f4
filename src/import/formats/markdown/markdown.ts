import { FileFinder, lastPartOf } from '../../file-finder.ts';
import type { ExportFile, ExportSource } from '../../files.ts';
import type { Conversation, Item, ReadOptions } from '../../message.ts';
import { contentOf } from '../../source.ts';
import { firstText, shortly } from '../../values.ts';
import { dayOf } from './daily.ts';
import { authorIn, dateIn, frontMatterOf, tagsIn } from './front-matter.ts';
import { type Clock, noteClock, noteTime, writtenDate } from './note-date.ts';
import { linkedNote } from './note-links.ts';

const NOTE = /\.(?:md|markdown)$/i;
/** What programs store next to the notes, and what a computer adds to a zip. */
const HIDDEN = /(?:^|\/)(?:\.[^/]|__MACOSX\/)/;
const MOST_BYTES = 4 * 2 ** 20;

/** Whether there are notes in an export. */
export const isMarkdown = ({ files }: ExportSource): boolean =>
  files.some(({ name }) => NOTE.test(name) && !HIDDEN.test(name));

/** Reads a folder or a zip of Markdown files: one message per note, or per time in a daily note. */
export async function* readMarkdown(
  source: ExportSource,
  { zone }: ReadOptions,
  author: string,
): AsyncGenerator<Item> {
  const clock = noteClock(zone);
  const finder = new FileFinder(source.files.filter(({ name }) => !HIDDEN.test(name)));
  for (const file of source.files) {
    if (/(?:^|\/)\.trash\//.test(file.name) && NOTE.test(file.name))
      yield { skipped: 'in-trash', example: shortly(file.name) };
    else if (source.isSingle || (NOTE.test(file.name) && !HIDDEN.test(file.name)))
      yield* messagesIn(file, { author, clock, finder });
  }
}

interface NoteOptions {
  readonly author: string;
  readonly clock: Clock;
  readonly finder: FileFinder;
}

async function* messagesIn(file: ExportFile, { author, clock, finder }: NoteOptions): AsyncGenerator<Item> {
  if (file.size > MOST_BYTES) {
    yield { skipped: 'note-too-large', example: shortly(file.name) };
    return;
  }
  const { values, body, isBroken } = frontMatterOf(textIn(await contentOf(file, MOST_BYTES)));
  if (isBroken) yield { skipped: 'front-matter-not-read', example: shortly(file.name) };
  const path = file.name.replace(NOTE, '').normalize('NFC');
  const name = lastPartOf(path);
  const common = {
    conversation: conversationOf(path),
    author: authorIn(values) || author,
    type: 'markdown',
    tags: tagsIn(values),
    pinned: values.pinned === true,
  } as const;
  const named = writtenDate(name);
  const { parts, rest } = named ? dayOf(body) : { parts: [], rest: body };
  const title = titleOf(name, firstText(values.title), rest, parts.length > 0);
  const whole = [title, rest.trim()].filter((part) => part !== '').join('\n\n');
  // The headings of a day mean nothing without what is below them.
  const isBare = parts.length > 0 && !/^(?!#{1,6} )[^\n]*\S/m.test(whole);
  if (!isBare) {
    const createdAt = noteTime(name, dateIn(values), file, clock);
    if (createdAt === undefined) yield { skipped: 'no-date', example: shortly(file.name) };
    else yield { ...common, ...linkedNote(whole, file.name, finder), sourceId: path, createdAt };
  }
  const seen = new Map<string, number>();
  for (const { text, ...time } of parts) {
    const createdAt = named && clock({ ...named.day, ...time });
    if (createdAt === undefined) yield { skipped: 'no-date', example: shortly(`${file.name}: ${text}`) };
    else {
      // A part is identified by its time, so its text can change. Several in the same minute are numbered.
      const at = `${path} ${String(time.hour).padStart(2, '0')}:${String(time.minute).padStart(2, '0')}:${String(time.second).padStart(2, '0')}`;
      const number = (seen.get(at) ?? 0) + 1;
      seen.set(at, number);
      const sourceId = number === 1 ? at : `${at} ${number}`;
      yield { ...common, ...linkedNote(text, file.name, finder), sourceId, createdAt };
    }
  }
}

/** The folder of a note is its notebook. */
function conversationOf(path: string): Conversation {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  return { id: folder, name: folder === '' ? 'notes' : lastPartOf(folder) };
}

/** A heading for a note whose title is only in its file name or its front matter. A daily note needs none. */
function titleOf(name: string, given: string, rest: string, isDay: boolean): string {
  const title = given || (writtenDate(name) ? name.replace(/^[\d\s_.:T-]{8,24}/, '') : name);
  const hasOwn = /^#{1,2}[ \t]{1,5}\S/.test(rest.trimStart());
  return title.trim() === '' || hasOwn || (isDay && given === '') ? '' : `# ${title.trim()}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A note as text with plain line ends. Old notes are not all UTF-8. */
function textIn(bytes: Buffer): string {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : '';
  return decoded(bytes, utf16).replaceAll('\r\n', '\n');
}

function decoded(bytes: Buffer, utf16: string): string {
  if (utf16 !== '') return new TextDecoder(utf16).decode(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
