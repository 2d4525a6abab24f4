import { type Line, timeOf } from './line.ts';

/** A message, folded from all its lines. */
export interface Folded {
  readonly current: Line;
  /** Every line that no other line of the message names as a parent, the current one first. */
  readonly heads: readonly Line[];
  /** Every line once, oldest first. */
  readonly lines: readonly Line[];
}

/**
 * Folds the lines of one message, in any order and with any duplicates, so that all who hold the same set of
 * lines see the same message. Of several heads, one that is no delete beats a delete, then the later one wins,
 * then the greater line by bytes.
 *
 * @param lines at least one line, all of the same message
 */
export function fold(lines: readonly Line[]): Folded {
  const unique = [...new Map(lines.map((line) => [line.hash, line])).values()];
  const replaced = new Set(unique.flatMap((line) => line.parents));
  const heads = unique.filter((line) => !replaced.has(line.hash)).sort(byPrecedence);
  const current = heads[0];
  if (current === undefined) throw new Error('A message without lines can not be folded');
  return { current, heads, lines: parentsFirst(unique.sort(byAge)) };
}

function byPrecedence(a: Line, b: Line): number {
  const deleted = Number(a.deletedAt !== undefined) - Number(b.deletedAt !== undefined);
  if (deleted !== 0) return deleted;
  return instant(b) - instant(a) || compareBytes(b, a);
}

function byAge(a: Line, b: Line): number {
  return a.revision - b.revision || instant(a) - instant(b) || compareBytes(a, b);
}

/**
 * Puts each line after those that it replaces; of the rest the older one stands first. A chain of lines may be of any
 * length, since others write them too, so it is followed without calling itself.
 */
function parentsFirst(lines: readonly Line[]): Line[] {
  const open = new Map(lines.map((line) => [line.hash, line]));
  const ordered: Line[] = [];
  for (const line of lines) {
    const path: { readonly line: Line; next: number }[] = [];
    const enter = (found: Line | undefined): void => {
      // Taken out before its parents are placed, so that a line comes once.
      if (found && open.delete(found.hash)) path.push({ line: found, next: 0 });
    };
    enter(line);
    for (let last = path.at(-1); last; last = path.at(-1)) {
      const parent = last.line.parents[last.next];
      last.next += 1;
      if (parent !== undefined) enter(open.get(parent));
      else ordered.push((path.pop() as { line: Line }).line);
    }
  }
  return ordered;
}

const instant = (line: Line): number => Date.parse(timeOf(line));

const compareBytes = (a: Line, b: Line): number => Buffer.compare(Buffer.from(a.raw), Buffer.from(b.raw));
