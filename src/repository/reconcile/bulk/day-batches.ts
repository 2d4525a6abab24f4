import type { TreeEntry } from '../../../git/tree.ts';
import { dayOfPath, oldestFirst } from '../../../journal/path.ts';
import { append } from '../append.ts';

/** All journals of one UTC day. */
export interface Day {
  readonly day: string;
  readonly journals: readonly TreeEntry[];
}

/** Some days that are read at once, oldest first. */
export type Part = readonly Day[];

/** A part ends behind the day that brings it to so much. In bytes. */
const PART_BYTES = 4 * 1024 * 1024;
/** A day of more than this is not held in memory whole. In bytes. */
const MOST_DAY_BYTES = 16 * 1024 * 1024;

/** Puts journals together by their days; those that name no day, and those of a day that is too large, are left. */
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

/** How many bytes some journals have together. */
export const sizeOf = (journals: readonly TreeEntry[]): number =>
  journals.reduce((sum, { size }) => sum + size, 0);

export const journalsIn = (part: Part): TreeEntry[] => part.flatMap(({ journals }) => journals);
