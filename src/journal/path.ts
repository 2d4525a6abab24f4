import { endingOf } from '../domain/media/types.ts';
import { type Line, timeOf } from './line.ts';

/** The folder of every journal, at the top of a repository. */
export const JOURNAL_FOLDER = 'messages';

/** The folder of every attachment, at the top of a repository. */
export const ATTACHMENT_FOLDER = 'attachments';

/** The path of a file in a repository: its hash with an extension for its type. */
export const attachmentPath = (sha256: string, type: string): string =>
  `${ATTACHMENT_FOLDER}/${sha256.slice(0, 2)}/${sha256}${endingOf(type)}`;

/** The hash in a path, if it is the path of an attachment, no matter who wrote it. */
export const attachmentOf = (path: string): string | undefined => ATTACHMENT.exec(path)?.[2];

const ATTACHMENT = /^attachments\/([0-9a-f]{2})\/(\1[0-9a-f]{62})(?:\.[A-Za-z0-9]{1,16})?$/;

/**
 * Whether a path is one that only gitpost, and other programs that follow its format, write: a journal or an
 * attachment.
 */
export const isKept = (path: string): boolean => isJournal(path) || attachmentOf(path) !== undefined;

/**
 * The size limit of a segment, in bytes. A commit writes its whole segment, so smaller segments are faster to commit
 * but make more files.
 */
export const SEGMENT_BYTES = 16 * 1024;

/** Whether a path in a repository is a journal, no matter who wrote it. */
export const isJournal = (path: string): boolean =>
  path.startsWith(`${JOURNAL_FOLDER}/`) && path.endsWith('.jsonl');

/** The UTC day that a revision is filed under: that of its own time. */
export function dayOf(line: Pick<Line, 'createdAt' | 'updatedAt'>): string {
  const time = timeOf(line);
  // Other programs may write years with more than four digits, or with a sign.
  if (/^\d{4}-/.test(time)) return time.slice(0, 10);
  return time.startsWith('-') ? '0000-01-01' : '9999-12-31';
}

/**
 * The path of one segment. There is one folder per month, since every further level would be one more tree in each
 * commit. The date comes last because git groups blobs for compression by the end of their path.
 */
export function segmentPath(device: string, day: string, segment: number): string {
  const suffix = segment === 1 ? '' : `.${segment}`;
  return `${JOURNAL_FOLDER}/${day.slice(0, 7)}/${device}.${day}${suffix}.jsonl`;
}

/** A device never writes this many segments in a day. A name with a higher number was not given by a device. */
export const MOST_SEGMENTS = 999_999;

/**
 * The segment of a device whose name a path, or a folder at its beginning, has. `undefined` if a device never gives
 * that name: because its number is too high, is spelled differently, or is in the folder of another month.
 */
export function segmentOf(path: string, device: string): { day: string; number: number } | undefined {
  const place = path.split('/').slice(0, SEGMENT_DEPTH).join('/');
  const [, day = '', digits = '1'] = NAMED_DAY.exec(place) ?? [];
  const number = Number(digits);
  if (day === '' || number > MOST_SEGMENTS || place !== segmentPath(device, day, number)) return undefined;
  return { day, number };
}

/** How many components the path of a segment has. */
const SEGMENT_DEPTH = 3;

/**
 * The device that a journal belongs to, if its name is one that a device gives now, or gave when years had a folder
 * with one for each month in it.
 */
export function deviceOfPath(path: string): string | undefined {
  return /^messages\/\d{4}[-/]\d{2}\/([a-z0-9-]{1,32})\.\d{4}-\d{2}-\d{2}(?:\.\d+)?\.jsonl$/.exec(path)?.[1];
}

/**
 * Whether a path below the journals' folder contains a device's name, in any case and with any extension. That is
 * more than the names the device gives, since some disks treat names that differ in case as the same.
 */
export const isNamedAfter = (path: string, device: string): boolean =>
  path.split('/').some((part) => part.toLowerCase().startsWith(`${device}.`));

/** The day in a journal's name; `undefined` if there is none. */
export const dayOfPath = (path: string): string | undefined => NAMED_DAY.exec(path)?.[1];

const NAMED_DAY = /\.(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.jsonl$/;

/** Sorts journals by the day in their names, oldest first, so their messages come nearly in timeline order. */
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
