import type { ImportFormat } from '../contract/import.ts';
import type { ExportFile, ExportSource } from './files.ts';
import { isDiscord, readDiscord } from './formats/discord.ts';
import { isElement, readElement } from './formats/element.ts';
import { isGitpost, readGitpost } from './formats/gitpost.ts';
import { isIrc, readIrc } from './formats/irc.ts';
import { isJrnl, readJrnl } from './formats/jrnl.ts';
import { isMarkdown, readMarkdown } from './formats/markdown/markdown.ts';
import { isMattermost, readMattermost } from './formats/mattermost.ts';
import { isMbox, readMbox } from './formats/mbox.ts';
import { isKeep, isMemos, isSimplenote, readKeep, readMemos, readSimplenote } from './formats/notes.ts';
import { isSlack, readSlack } from './formats/slack.ts';
import { isTelegram, readTelegram } from './formats/telegram.ts';
import { isWhatsApp, readWhatsApp } from './formats/whatsapp.ts';
import type { Item, ReadOptions } from './message.ts';
import { ask } from './refusal.ts';
import { headTextOf } from './source.ts';
import { shortly } from './values.ts';

/** A format that can be imported. */
interface Format {
  /** Whether an export is in this format, judging by the names of its files. */
  readonly isLike?: (source: ExportSource) => boolean;
  /** The files whose beginning may show the format. */
  readonly files: RegExp;
  readonly isHead: (head: string) => boolean;
  /** @param author the author of whatever the export has none for, such as a person's own notes */
  readonly read: (source: ExportSource, options: ReadOptions, author: string) => AsyncGenerator<Item>;
}

const JSON_FILE = /\.json$/i;

/** In the order in which they are tried: what can be recognised with certainty comes first. */
const FORMATS = {
  slack: { isLike: isSlack, files: /^$/, isHead: () => false, read: readSlack },
  gitpost: { files: /\.(jsonl|ndjson)$/i, isHead: isGitpost, read: readGitpost },
  mattermost: { files: /\.jsonl?$/i, isHead: isMattermost, read: readMattermost },
  mbox: { files: /(?:\.mbox|\.mbx|\/mbox)$/i, isHead: isMbox, read: readMbox },
  discord: { files: JSON_FILE, isHead: isDiscord, read: readDiscord },
  element: { files: JSON_FILE, isHead: isElement, read: readElement },
  simplenote: {
    files: JSON_FILE,
    isHead: isSimplenote,
    read: (source, _, author) => readSimplenote(source, author),
  },
  keep: { files: JSON_FILE, isHead: isKeep, read: (source, _, author) => readKeep(source, author) },
  memos: { files: JSON_FILE, isHead: isMemos, read: (source, _, author) => readMemos(source, author) },
  telegram: { files: JSON_FILE, isHead: isTelegram, read: readTelegram },
  irc: { files: /\.(log|txt|weechatlog)$/i, isHead: isIrc, read: readIrc },
  jrnl: { files: /\.(txt|journal)$/i, isHead: isJrnl, read: readJrnl },
  whatsapp: { files: /\.txt$/i, isHead: isWhatsApp, read: readWhatsApp },
  // Notes can be in any export, so this comes last.
  markdown: { files: /^$/, isHead: () => false, read: readMarkdown },
} as const satisfies Record<Exclude<ImportFormat, 'auto'>, Format>;

export type FormatName = keyof typeof FORMATS;
const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

export const formatOf = (name: FormatName): Format => FORMATS[name];

/** How many files of an export are examined to recognise its format. */
const MOST_LOOKED_AT = 20;

/** Recognises the format of an export. If it is unknown, throws a refusal that says what the export contains. */
export async function recognise(source: ExportSource): Promise<FormatName> {
  for (const name of FORMAT_NAMES) if (formatOf(name).isLike?.(source)) return name;
  const heads = new Map<ExportFile, string>();
  const candidates = source.files.filter(
    ({ name }) => source.isSingle || /\.(json|jsonl|ndjson|txt|log|weechatlog|journal|mbox|mbx)$/i.test(name),
  );
  for (const file of candidates.slice(0, MOST_LOOKED_AT)) heads.set(file, await headTextOf(file));
  for (const name of FORMAT_NAMES) {
    const { files, isHead } = formatOf(name);
    for (const [file, head] of heads)
      if ((source.isSingle || files.test(file.name)) && isHead(head)) return name;
  }
  if (isMarkdown(source)) return 'markdown';
  const seen = source.isSingle
    ? `It begins with: ${JSON.stringify(shortly([...heads.values()][0] ?? ''))}.`
    : `It holds ${source.files.length} files, such as ${source.files
        .slice(0, 5)
        .map(({ name }) => JSON.stringify(shortly(name)))
        .join(', ')}.`;
  throw ask(
    'format',
    `The format of the export is not recognised. ${seen} Give "format": one of ${FORMAT_NAMES.join(', ')}.`,
  );
}
