import { hashOf, isUnreadable, type Line, parseLine, type Unreadable } from './line.ts';

/** What was read from the bytes of one journal file. */
export interface JournalFile {
  readonly lines: readonly Line[];
  /** Lines that can't be read, with the line number that an editor shows. */
  readonly problems: readonly LineProblem[];
}

export interface LineProblem {
  readonly line: number;
  readonly reason: string;
}

/** Longer lines are reported and skipped. Lines written by gitpost are far shorter. In bytes. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** Nothing after this many bytes of a journal is read. */
export const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;

/** How many unreadable lines of one file are reported individually. The others are only counted. */
const MAX_PROBLEMS = 1000;

/** No readable line is shorter. In bytes. */
const SHORTEST_LINE = 80;

/** How much of a journal is read before the event loop gets a turn. In bytes. */
const PART_BYTES = 256 * 1024;

const LF = 0x0a;
const BLANKS = new Set([0x09, 0x0d, 0x20]);
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line of a journal that is not blank, with the line number that an editor shows. */
export interface NumberedLine {
  readonly number: number;
  readonly outcome: Line | Unreadable;
}

/**
 * Splits a journal into its lines at LF only. It has its own limit, since the standard library's readers fail on a
 * line of some hundred megabytes. Blank lines are skipped and a BOM is ignored. A CR belongs to its line, since a
 * line's hash covers all of its bytes except the LF.
 *
 * @param firstLine the number of the first line, if only the later part of a file is read
 */
export function* splitJournal(bytes: Buffer, firstLine = 1): Generator<NumberedLine> {
  for (const { number, content } of cut(bytes, firstLine)) {
    const outcome = readOne(content);
    if (outcome !== undefined) yield { number, outcome };
  }
}

/** Reads a journal, or the later part of one, up to {@link MAX_JOURNAL_BYTES}. It is split by {@link splitJournal}. */
export function readJournal(bytes: Buffer, firstLine = 1): JournalFile {
  const reader = journalReader();
  for (const line of cut(bytes, firstLine)) if (!reader.take(line)) break;
  return reader.file();
}

/** Like {@link readJournal}, but gives the event loop a turn now and then, since a large file takes seconds. */
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

/**
 * Passes on the hash and bytes of each line of a journal that may be readable, without reading it. Gives the event
 * loop a turn now and then.
 */
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
    /** Takes a line. Returns false if nothing more is read. */
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
      // Reasons are no longer reported, so a line that is too short need not be read.
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
  /** Where the line ends in the file, without its LF. */
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

/** The bytes of a file, or of its first line, without the BOM that some editors add. */
export const withoutBom = (bytes: Buffer): Buffer =>
  bytes.subarray(0, 3).equals(BOM) ? bytes.subarray(3) : bytes;

function readOne(bytes: Buffer): Line | Unreadable | undefined {
  if (bytes.length > MAX_LINE_BYTES) return { reason: `is longer than ${MAX_LINE_BYTES} bytes` };
  return isBlank(bytes) ? undefined : parseLine(bytes);
}

/**
 * Why a line to be written could not be read back, as a phrase that continues "the line"; `undefined` if it reads
 * back unchanged. A line that does not must never become a commit.
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
