import { FileFinder } from '../file-finder.ts';
import type { ExportFile, ExportSource } from '../files.ts';
import { markdownOf } from '../html.ts';
import { jsonParts } from '../json-parts.ts';
import type { Item, MessageFile } from '../message.ts';
import { contentOf, filesLike } from '../source.ts';
import {
  firstText,
  heldIn,
  idOf,
  instantOf,
  listOf,
  type Members,
  membersOf,
  shortly,
  textOf,
} from '../values.ts';

const isJson = ({ name }: { readonly name: string }): boolean => name === '' || /\.json$/i.test(name);

/** Whether a JSON text is a note from Google Keep. */
export const isKeep = (head: string): boolean =>
  /"(?:textContent|listContent|userEditedTimestampUsec|createdTimestampUsec)"\s*:/.test(head) &&
  /"is(?:Trashed|Pinned|Archived)"\s*:/.test(head);

/** Reads notes of Google Keep as exported by Google Takeout: one JSON file per note. */
export async function* readKeep({ files }: ExportSource, author: string): AsyncGenerator<Item> {
  const finder = new FileFinder(files);
  for (const file of files.filter(isJson)) {
    const note = await parsed(file);
    if (note === undefined) {
      yield { skipped: 'broken-file', example: shortly(file.name) };
      continue;
    }
    if (note.textContent === undefined && note.listContent === undefined && note.attachments === undefined) {
      yield { skipped: 'no-note', example: shortly(file.name) };
      continue;
    }
    if (note.isTrashed === true) {
      yield { skipped: 'in-trash', example: shortly(firstText(note.title, file.name)) };
      continue;
    }
    const [created, changed] = [note.createdTimestampUsec, note.userEditedTimestampUsec].map(microseconds);
    const createdAt = created ?? changed;
    if (createdAt === undefined) {
      yield { skipped: 'no-date', example: shortly(firstText(note.title, file.name)) };
      continue;
    }
    const items = listOf(note.listContent).map(membersOf);
    const list = items.map(({ text, isChecked }) => `- [${isChecked === true ? 'x' : ' '}] ${textOf(text)}`);
    const title = textOf(note.title).trim();
    const links = listOf(note.annotations)
      .map((one) => firstText(membersOf(one).url))
      .filter((url) => url !== '');
    const formatted = markdownOf(textOf(note.textContentHtml));
    const isFormatted = formatted.type === 'markdown';
    const body = [isFormatted ? formatted.text : textOf(note.textContent), list.join('\n')]
      .filter((part) => part.trim() !== '')
      .join('\n\n');
    const text = [
      title === '' ? '' : list.length > 0 || isFormatted ? `# ${title}` : title,
      body,
      ...links.filter((url) => !body.includes(url)),
    ];
    yield {
      conversation: { id: 'keep', name: 'keep' },
      // A note has no id, and its file is named after its title, which may change. Only the time of its creation
      // stays the same.
      sourceId:
        created === undefined ? (file.name.split('/').at(-1) ?? '') : String(note.createdTimestampUsec),
      author,
      createdAt,
      text: text.filter((part) => part !== '').join('\n\n'),
      type: list.length > 0 || isFormatted ? 'markdown' : 'text',
      tags: [
        ...listOf(note.labels).map((one) => textOf(membersOf(one).name)),
        ...(note.isArchived === true ? ['archived'] : []),
      ],
      pinned: note.isPinned === true,
      files: listOf(note.attachments)
        .map((one) => firstText(membersOf(one).filePath))
        .filter((name) => name !== '')
        .map((name) => ({ name, content: pictureAt(name, finder, file.name) })),
    };
  }
}

/** Takeout may call a picture `.jpeg` in the note but save it as `.jpg`. */
function pictureAt(name: string, finder: FileFinder, from: string): ExportFile | undefined {
  const stem = name.replace(/\.jpe?g$/i, '');
  const names = stem === name ? [name] : [name, `${stem}.jpg`, `${stem}.jpeg`];
  return names.map((one) => finder.at(one, from)).find((file) => file);
}

function microseconds(value: unknown): number | undefined {
  const number = Number(idOf(value) ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? Math.floor(number / 1000) : undefined;
}

async function parsed(file: Parameters<typeof contentOf>[0]): Promise<Members | undefined> {
  try {
    return membersOf(JSON.parse((await contentOf(file, 16 << 20)).toString('utf8')));
  } catch {
    return undefined;
  }
}

export const isSimplenote = (head: string): boolean => /"activeNotes"\s*:\s*\[/.test(head);

/** Reads `notes.json` from Simplenote. Notes in the trash are left out. */
export async function* readSimplenote({ files }: ExportSource, author: string): AsyncGenerator<Item> {
  const open = new Set(['', 'activeNotes', 'trashedNotes']);
  for (const file of files.filter(({ name }) => name === '' || /(^|\/)notes\.json$/.test(name))) {
    for await (const { path, value } of jsonParts(file.read(), (at) => open.has(at), file.name)) {
      const note = membersOf(value);
      const text = textOf(note.content).replaceAll('\r\n', '\n');
      const createdAt = instantOf(note.creationDate);
      if (path === 'trashedNotes/*') yield { skipped: 'in-trash', example: shortly(text) };
      if (path !== 'activeNotes/*') continue;
      if (createdAt === undefined) yield { skipped: 'no-date', example: shortly(text) };
      else
        yield {
          conversation: { id: 'simplenote', name: 'simplenote' },
          sourceId: idOf(note.id),
          author,
          createdAt,
          text,
          type: note.markdown === true ? 'markdown' : 'text',
          tags: listOf(note.tags).map(textOf),
          pinned: note.pinned === true,
        };
    }
  }
}

export const isMemos = (head: string): boolean =>
  /^\s*\{\s*"memos"\s*:\s*\[/.test(head) ||
  (/"(?:displayTime|createTime)"\s*:/.test(head) && /"content"\s*:/.test(head));

/** Reads memos as returned by the REST API of memos: a list, an object with a list, or one file per page. */
export async function* readMemos(source: ExportSource, author: string): AsyncGenerator<Item> {
  const finder = new FileFinder(source.files);
  for await (const file of filesLike(source, /\.json$/i, isMemos)) {
    const find = (one: Members) => resourceOf(one, finder, file.name);
    for await (const { path, value } of jsonParts(
      file.read(),
      (at) => at === '' || at === 'memos',
      file.name,
    )) {
      if (path !== 'memos/*' && path !== '*') continue;
      const memo = membersOf(value);
      const text = textOf(memo.content);
      const seconds = Number(idOf(memo.createdTs) ?? Number.NaN);
      const createdAt =
        instantOf(memo.createTime) ??
        instantOf(memo.displayTime) ??
        (Number.isFinite(seconds) ? seconds * 1000 : undefined);
      if (createdAt === undefined) {
        yield { skipped: 'no-date', example: shortly(text) };
        continue;
      }
      yield {
        conversation: { id: 'memos', name: 'memos' },
        sourceId: idOf(memo.name) ?? idOf(memo.id),
        author: textOf(memo.creatorName) || author,
        createdAt,
        text,
        type: 'markdown',
        replyTo: firstText(memo.parent) || undefined,
        pinned: memo.pinned === true,
        files: [...listOf(memo.resources), ...listOf(memo.attachments)]
          .map(membersOf)
          .filter(({ filename }) => textOf(filename) !== '')
          .map(find),
      };
    }
  }
}

/**
 * The API includes the bytes of a resource in its answer or leaves them out. In that case they may be saved next to
 * it.
 */
function resourceOf({ filename, content }: Members, finder: FileFinder, from: string): MessageFile {
  const name = textOf(filename);
  const bytes = Buffer.from(textOf(content), 'base64');
  if (bytes.length > 0) return { name, content: heldIn(bytes) };
  return { name, content: finder.at(name, from) ?? finder.at(`resources/${name}`, from) };
}
