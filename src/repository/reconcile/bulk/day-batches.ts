import type { TreeEntry } from '../../../git/tree.ts';
import { dayOfPath, oldestFirst } from '../../../journal/path.ts';
import { append } from '../append.ts';

/** All journals of one UTC day. */
interface Day {
  readonly day: string;
  readonly journals: readonly TreeEntry[];
}

/** Several days that are read together, oldest first. */
export type Part = readonly Day[];

/** A part ends with the day that brings it to this size. In bytes. */
const PART_BYTES = 4 * 1024 * 1024;
/** A larger day is not held in memory as a whole. In bytes. */
const MOST_DAY_BYTES = 16 * 1024 * 1024;

/** Groups journals by their days. Journals that name no day, and those of a day that is too large, are left over. */
export function partsOf(journals: readonly TreeEntry[]): { parts: Part[]; left: TreeEntry[] } {
  const days = new Map<string, TreeEntry[]>();
  const left: TreeEntry[] = [];
  for (const journal of oldestFirst(journals)) {
    const day = dayOfPath(journal.path);
    if (day === undefined) left.push(journal);
    else append(days, day, journal);
  }
  const parts: Part[] = [];
  let waiting: Day[] = [];
  let bytes = 0;
  for (const [day, ofDay] of days) {
    const size = sizeOf(ofDay);
    if (size > MOST_DAY_BYTES) {
      for (const journal of ofDay) left.push(journal);
      continue;
    }
    waiting.push({ day, journals: ofDay });
    bytes += size;
    if (bytes < PART_BYTES) continue;
    parts.push(waiting);
    [waiting, bytes] = [[], 0];
  }
  if (waiting.length > 0) parts.push(waiting);
  return { parts, left };
}

/** The size of some journals together, in bytes. */
export const sizeOf = (journals: readonly TreeEntry[]): number =>
  journals.reduce((sum, { size }) => sum + size, 0);

export const journalsIn = (part: Part): TreeEntry[] => part.flatMap(({ journals }) => journals);
