import { endingOf } from '../domain/media/types.ts';
import { type Line, timeOf } from './line.ts';

/** The folder of every journal, at the top of a repository. */
export const JOURNAL_FOLDER = 'messages';

/** The folder of every attachment, at the top of a repository. */
export const ATTACHMENT_FOLDER = 'attachments';

/** Where a file is in a repository: by its hash, with an ending that belongs to its type. */
export const attachmentPath = (sha256: string, type: string): string =>
  `${ATTACHMENT_FOLDER}/${sha256.slice(0, 2)}/${sha256}${endingOf(type)}`;

/** The hash that a path names, if it is one of an attachment, whoever wrote it. */
export const attachmentOf = (path: string): string | undefined => ATTACHMENT.exec(path)?.[2];

const ATTACHMENT = /^attachments\/([0-9a-f]{2})\/(\1[0-9a-f]{62})(?:\.[A-Za-z0-9]{1,16})?$/;

/** Whether a path is one that only this program and others that keep its format write: a journal or an attachment. */
export const isKept = (path: string): boolean => isJournal(path) || attachmentOf(path) !== undefined;

/**
 * How large a segment may get, in bytes. A commit writes its segment whole, so a smaller one is faster to
 * commit and makes more files.
 */
export const SEGMENT_BYTES = 16 * 1024;

/** Whether a path of a repository is one of its journals, whoever wrote it. */
export const isJournal = (path: string): boolean =>
  path.startsWith(`${JOURNAL_FOLDER}/`) && path.endsWith('.jsonl');

/** The UTC day that a revision is filed under: that of its own time. */
export function dayOf(line: Pick<Line, 'createdAt' | 'updatedAt'>): string {
  const time = timeOf(line);
  // Other programs may write years that have more than four digits, or a sign.
  if (/^\d{4}-/.test(time)) return time.slice(0, 10);
  return time.startsWith('-') ? '0000-01-01' : '9999-12-31';
}

/**
 * The path of one segment: one folder a month, since each folder on the way is one more tree in every commit. The date
 * comes last because git groups blobs for compression by the end of their path.
 */
export function segmentPath(device: string, day: string, segment: number): string {
  const suffix = segment === 1 ? '' : `.${segment}`;
  return `${JOURNAL_FOLDER}/${day.slice(0, 7)}/${device}.${day}${suffix}.jsonl`;
}

/** A device writes fewer segments in a day. A name with a higher number is not one that a device gives. */
export const MOST_SEGMENTS = 999_999;

/**
 * The segment of a device that a path, or a folder at its beginning, has the name of; `undefined` if a device gives
 * no such name: with a number that it never gets to, written otherwise, or in the folder of another month.
 */
export function segmentOf(path: string, device: string): { day: string; number: number } | undefined {
  const place = path.split('/').slice(0, SEGMENT_DEPTH).join('/');
  const [, day = '', digits = '1'] = NAMED_DAY.exec(place) ?? [];
  const number = Number(digits);
  if (day === '' || number > MOST_SEGMENTS || place !== segmentPath(device, day, number)) return undefined;
  return { day, number };
}

/** How many parts the path of a segment has. */
const SEGMENT_DEPTH = 3;

/**
 * The device that a journal belongs to, if its name is one that a device gives, or gave when it had a folder for
 * the year and one for the month in it.
 */
export function deviceOfPath(path: string): string | undefined {
  return /^messages\/\d{4}[-/]\d{2}\/([a-z0-9-]{1,32})\.\d{4}-\d{2}-\d{2}(?:\.\d+)?\.jsonl$/.exec(path)?.[1];
}

/**
 * Whether a path below the journals' folder has a device's name in it, in whatever case and with whatever ending:
 * more than the names that the device gives, since some disks take names that differ in case for the same one.
 */
export const isNamedAfter = (path: string, device: string): boolean =>
  path.split('/').some((part) => part.toLowerCase().startsWith(`${device}.`));

/** The day that a journal's name says it is of; `undefined` if it says none. */
export const dayOfPath = (path: string): string | undefined => NAMED_DAY.exec(path)?.[1];

const NAMED_DAY = /\.(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.jsonl$/;

/** Journals with the oldest first, as their names tell it: so their messages come nearly in the order of the timeline. */
export function oldestFirst<Journal extends { readonly path: string }>(
  journals: readonly Journal[],
): Journal[] {
  const dated = journals.map((journal) => {
    const [, day = '', segment = '1'] = NAMED_DAY.exec(journal.path) ?? [];
    return { journal, day, segment: Number(segment) };
  });
  dated.sort((a, b) => (a.day === b.day ? a.segment - b.segment : a.day < b.day ? -1 : 1));
  return dated.map(({ journal }) => journal);
}
