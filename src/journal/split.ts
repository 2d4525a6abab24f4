import { hashOf, isUnreadable, type Line, parseLine, type Unreadable } from './line.ts';

/** What the bytes of one journal file hold. */
export interface JournalFile {
  readonly lines: readonly Line[];
  /** Lines that can't be read, with the number that an editor shows. */
  readonly problems: readonly LineProblem[];
}

export interface LineProblem {
  readonly line: number;
  readonly reason: string;
}

/** Longer lines are reported and passed over: no line that is written here comes near. In bytes. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** What comes after so many bytes of one journal is not read. */
export const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;

/** So many lines of one file that can't be read are reported one by one; the others are counted. */
export const MAX_PROBLEMS = 1000;

/** No line that can be read is shorter. In bytes. */
const SHORTEST_LINE = 80;

/** How much of a journal is read before others have a turn. In bytes. */
const PART_BYTES = 256 * 1024;

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
 * @param firstLine the number of the first line, if only a file's later part is read
 */
export function* splitJournal(bytes: Buffer, firstLine = 1): Generator<NumberedLine> {
  for (const { number, content } of cut(bytes, firstLine)) {
    const outcome = readOne(content);
    if (outcome !== undefined) yield { number, outcome };
  }
}

/** Reads a journal, or the later part of one, as {@link splitJournal} cuts it, as far as {@link MAX_JOURNAL_BYTES}. */
export function readJournal(bytes: Buffer, firstLine = 1): JournalFile {
  const reader = journalReader();
  for (const line of cut(bytes, firstLine)) if (!reader.take(line)) break;
  return reader.file();
}

/** As {@link readJournal}, and lets others have a turn now and then, since a large file takes seconds. */
export async function readInTurns(bytes: Buffer, firstLine = 1): Promise<JournalFile> {
  const reader = journalReader();
  let pause = PART_BYTES;
  for (const line of cut(bytes, firstLine)) {
    if (!reader.take(line)) break;
    if (line.end < pause) continue;
    pause = line.end + PART_BYTES;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return reader.file();
}

/** Hands on each line of a journal that may be readable, by its hash and its bytes, without reading it; in turns. */
export async function hashInTurns(bytes: Buffer, take: (hash: string, line: Buffer) => void): Promise<void> {
  let pause = PART_BYTES;
  for (const { content, end } of cut(bytes, 1)) {
    if (end > MAX_JOURNAL_BYTES) return;
    if (content.length >= SHORTEST_LINE && content.length <= MAX_LINE_BYTES) take(hashOf(content), content);
    if (end < pause) continue;
    pause = end + PART_BYTES;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function journalReader() {
  const lines: Line[] = [];
  const problems: LineProblem[] = [];
  let further = 0;
  let last = 0;
  return {
    /** Takes a line; false if no more is read. */
    take: ({ number, content, end }: CutLine): boolean => {
      if (end > MAX_JOURNAL_BYTES) {
        problems.push({
          line: number,
          reason: `and what follows is not read: ${MAX_JOURNAL_BYTES} bytes are`,
        });
        return false;
      }
      last = number;
      const isFull = problems.length >= MAX_PROBLEMS;
      // Reasons are no longer reported, so a line that is too short needs no look.
      const outcome = isFull && content.length < SHORTEST_LINE ? passedOver(content) : readOne(content);
      if (outcome === undefined) return true;
      if (!isUnreadable(outcome)) lines.push(outcome);
      else if (isFull) further += 1;
      else problems.push({ line: number, reason: outcome.reason });
      return true;
    },
    file: (): JournalFile => {
      const reason = `is where the file ends, with ${further} further unreadable lines`;
      return { lines, problems: further > 0 ? [...problems, { line: last, reason }] : problems };
    },
  };
}

interface CutLine {
  readonly number: number;
  readonly content: Buffer;
  /** Where it ends in the file, without its LF. */
  readonly end: number;
}

function* cut(bytes: Buffer, firstLine: number): Generator<CutLine> {
  let number = firstLine;
  let start = firstLine === 1 ? bytes.length - withoutBom(bytes).length : 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(LF, start);
    const end = found === -1 ? bytes.length : found;
    yield { number, content: bytes.subarray(start, end), end };
    start = end + 1;
    number += 1;
  }
}

/** The bytes of a file, or of its first line, without the mark that some editors put before them. */
export const withoutBom = (bytes: Buffer): Buffer =>
  bytes.subarray(0, 3).equals(BOM) ? bytes.subarray(3) : bytes;

function readOne(bytes: Buffer): Line | Unreadable | undefined {
  if (bytes.length > MAX_LINE_BYTES) return { reason: `is longer than ${MAX_LINE_BYTES} bytes` };
  return isBlank(bytes) ? undefined : parseLine(bytes);
}

/**
 * Why a line that is to be written could not be read again, in words that continue "the line"; `undefined` if it
 * reads as what it is. Nothing else may become a commit.
 */
export function whyUnreadable(line: Line): string | undefined {
  const bytes = Buffer.from(line.raw);
  if (bytes.includes(LF)) return 'has a line end in it';
  const again = readOne(bytes);
  if (again === undefined) return 'is blank';
  if (isUnreadable(again)) return again.reason;
  const isSame =
    again.hash === line.hash &&
    again.id === line.id &&
    again.revision === line.revision &&
    again.text === line.text &&
    again.parents.length === line.parents.length;
  return isSame ? undefined : 'does not read back as what it says';
}

const passedOver = (bytes: Buffer): Unreadable | undefined =>
  isBlank(bytes) ? undefined : { reason: 'is too short' };

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => BLANKS.has(byte));
