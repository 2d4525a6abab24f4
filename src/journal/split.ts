import { isUnreadable, type Line, parseLine, type Unreadable } from './line.ts';

/** What the bytes of one journal file hold. */
export interface JournalFile {
  readonly lines: readonly Line[];
  /** Lines that can't be read, with the number that an editor shows. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

/** Longer lines are reported and passed over: no line that is written here comes near. In bytes. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

const LF = 0x0a;
const BLANKS = new Set([0x09, 0x0d, 0x20]);
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** One line of a journal that is not blank, with the number that an editor shows. */
export interface NumberedLine {
  readonly number: number;
  readonly outcome: Line | Unreadable;
}

/**
 * Splits a journal into its lines at LF alone, with a limit of its own, since readers of the standard library
 * die on a line of some hundred megabytes. Blank lines are nothing and a BOM does not count; a CR
 * belongs to its line's bytes, as the hash of a line is of all of them but LF.
 *
 * @param firstLine the number of the first line, where only a file's later part is read
 */
export function* splitJournal(bytes: Buffer, firstLine = 1): Generator<NumberedLine> {
  let number = firstLine;
  let start = firstLine === 1 ? bytes.length - withoutBom(bytes).length : 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(LF, start);
    const end = found === -1 ? bytes.length : found;
    const outcome = readOne(bytes.subarray(start, end));
    if (outcome !== undefined) yield { number, outcome };
    start = end + 1;
    number += 1;
  }
}

/** Reads a journal, or the later part of one, as {@link splitJournal} cuts it. */
export function readJournal(bytes: Buffer, firstLine = 1): JournalFile {
  const lines: Line[] = [];
  const problems: { line: number; reason: string }[] = [];
  for (const { number, outcome } of splitJournal(bytes, firstLine)) {
    if (isUnreadable(outcome)) problems.push({ line: number, reason: outcome.reason });
    else lines.push(outcome);
  }
  return { lines, problems };
}

/** The bytes of a file, or of its first line, without the mark that some editors put before them. */
export const withoutBom = (bytes: Buffer): Buffer =>
  bytes.subarray(0, 3).equals(BOM) ? bytes.subarray(3) : bytes;

function readOne(bytes: Buffer) {
  if (bytes.length > MAX_LINE_BYTES) return { reason: `is longer than ${MAX_LINE_BYTES} bytes` };
  if (bytes.every((byte) => BLANKS.has(byte))) return undefined;
  return parseLine(bytes);
}
