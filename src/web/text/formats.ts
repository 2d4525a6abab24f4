import type { ExportFormat } from '../../contract/export.ts';

/** How to get an export that gitpost can import, for each program. */
export const IMPORT_SOURCES: readonly { readonly name: string; readonly how: string }[] = [
  { name: 'Slack', how: 'Settings, Import/Export Data, Export. The zip file as it is.' },
  { name: 'Discord', how: 'DiscordChatExporter, as JSON. With its media, pack the folder as a zip.' },
  {
    name: 'Telegram',
    how: 'Telegram Desktop, Export chat history, as JSON. With its files, pack the folder as a zip.',
  },
  { name: 'WhatsApp', how: 'Export chat. The text file or the zip file.' },
  { name: 'Mattermost', how: 'mattermost export. The JSONL file, or the zip with files.' },
  { name: 'Element', how: 'Export chat, as JSON. The file, or the zip with files.' },
  { name: 'Google Keep', how: 'Google Takeout. The zip file.' },
  { name: 'Simplenote', how: 'Settings, Tools, Export Notes.' },
  { name: 'memos', how: 'The response to GET /api/v1/memos from its API.' },
  { name: 'IRC', how: 'A log of irssi, WeeChat, ZNC or energymech.' },
  { name: 'jrnl', how: 'The journal file.' },
  { name: 'E-mail', how: 'A mailbox in mbox format.' },
  { name: 'Obsidian, Markdown', how: 'The folder of notes, packed as a zip.' },
  { name: 'gitpost', how: 'A file under messages/ in a repository, or an NDJSON export.' },
];

export const FORMAT_WORDS: Readonly<Record<string, string>> = {
  slack: 'Slack',
  discord: 'Discord',
  telegram: 'Telegram',
  whatsapp: 'WhatsApp',
  mattermost: 'Mattermost',
  element: 'Element',
  keep: 'Google Keep',
  simplenote: 'Simplenote',
  memos: 'memos',
  irc: 'an IRC log',
  jrnl: 'jrnl',
  mbox: 'a mailbox',
  markdown: 'Markdown notes',
  gitpost: 'gitpost',
};

const SKIPPED: Readonly<Record<string, string>> = {
  'broken-file': 'Files that cannot be read',
  'broken-mail': 'Mails that cannot be read',
  'credential-cut': 'Credentials that were cut out',
  'deleted-in-source': 'Messages already deleted in the source',
  empty: 'Messages without text',
  'file-damaged': 'Files that are damaged',
  'file-empty': 'Empty files',
  'file-not-in-export': 'Files that are not in the export',
  'file-too-large': 'Files that are too large',
  'file-with-credential': 'Files that hold what looks like a credential',
  'front-matter-not-read': 'Front matter that cannot be read, and is left in the text',
  'in-trash': 'Notes in the trash',
  'media-not-in-export': 'Pictures and files that are not in the export',
  'no-date': 'Messages without a date',
  'no-note': 'Files that are not notes',
  'note-too-large': 'Notes that are too large',
  'still-encrypted': 'Messages that are still encrypted',
  'system-message': 'System messages, such as joins',
  'text-shortened': 'Texts that were too long and were cut',
  'too-many-files': 'Files beyond the 20 that a message can have',
  'unreadable-line': 'Lines that cannot be read',
  unwritable: 'Messages that cannot be written',
};

/** Why something was left out of an import, or was cut. */
export const skippedInWords = (reason: string): string => SKIPPED[reason] ?? reason;

export const EXPORT_FORMATS: readonly {
  readonly format: ExportFormat;
  readonly name: string;
  readonly use: string;
}[] = [
  { format: 'markdown', name: 'Markdown', use: 'One document to read and edit, with a heading for each day' },
  {
    format: 'zip',
    name: 'Everything with files',
    use: 'A zip with Markdown, a web page, the exact lines and all files',
  },
  { format: 'html', name: 'Web page', use: 'One page to read, print or send; works offline' },
  { format: 'json', name: 'JSON', use: 'For programs' },
  { format: 'csv', name: 'CSV', use: 'For spreadsheets' },
  { format: 'mbox', name: 'Mailbox', use: 'For mail programs, with replies as threads' },
  { format: 'atom', name: 'Atom', use: 'For feed readers' },
  { format: 'ndjson', name: 'gitpost', use: 'The exact lines, which another gitpost can import' },
];
