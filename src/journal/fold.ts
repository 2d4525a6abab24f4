import { type Line, parentName, timeOf } from './line.ts';

/** A message, folded from all its lines. */
export interface Folded {
  readonly current: Line;
  /** Every line that no other line of the message names as a parent, the current one first. */
  readonly heads: readonly Line[];
  /** Every line once, oldest first. */
  readonly lines: readonly Line[];
}

/**
 * Folds the lines of one message, in any order and with any duplicates, so everyone who holds the same lines sees the
 * same message. Of several heads, any other line wins over a delete, then the later one wins, then the greater line
 * by bytes.
 *
 * @param lines at least one line, all of the same message
 */
export function fold(lines: readonly Line[]): Folded {
  // Nearly all messages have only one line.
  if (lines.length === 1) return { current: lines[0] as Line, heads: lines, lines };
  const unique = [...new Map(lines.map((line) => [line.hash, line])).values()];
  const instants = new Map(unique.map((line) => [line, Date.parse(timeOf(line))]));
  const replaced = new Set(unique.flatMap((line) => line.parents));
  const open = unique.filter((line) => !replaced.has(parentName(line.hash)));
  // If lines replace each other in a circle, there would be no head.
  const heads = (open.length > 0 ? open : [...unique]).sort(byPrecedence(instants));
  const current = heads[0];
  if (current === undefined) throw new Error('A message without lines cannot be folded');
  return { current, heads, lines: parentsFirst(unique.sort(byAge(instants))) };
}

/** When each line was made, in milliseconds since 1970. */
type Instants = ReadonlyMap<Line, number>;

const byPrecedence = (instants: Instants) => (a: Line, b: Line) => {
  const deleted = Number(a.deletedAt !== undefined) - Number(b.deletedAt !== undefined);
  return deleted || difference(instants, b, a) || compareBytes(b, a);
};

const byAge = (instants: Instants) => (a: Line, b: Line) =>
  a.revision - b.revision || difference(instants, a, b) || compareBytes(a, b);

const difference = (instants: Instants, a: Line, b: Line): number =>
  (instants.get(a) ?? 0) - (instants.get(b) ?? 0);

/**
 * Sorts each line after those that it replaces, and otherwise by age, oldest first. Other programs write lines too,
 * so a chain may have any length. That is why this is not recursive.
 */
function parentsFirst(lines: readonly Line[]): Line[] {
  const open = new Set(lines);
  const byName = new Map<string, Line[]>();
  for (const line of lines) {
    const name = parentName(line.hash);
    const alike = byName.get(name);
    if (alike) alike.push(line);
    else byName.set(name, [line]);
  }
  const ordered: Line[] = [];
  for (const line of lines) {
    const path: { readonly line: Line; next: number }[] = [];
    const enter = (found: Line): void => {
      // Removed before its parents are placed, so each line appears only once.
      if (open.delete(found)) path.push({ line: found, next: 0 });
    };
    enter(line);
    for (let last = path.at(-1); last; last = path.at(-1)) {
      const parent = last.line.parents[last.next];
      // Two lines with the same name are placed one after the other.
      const found = parent === undefined ? undefined : byName.get(parent)?.find((one) => open.has(one));
      if (found) {
        enter(found);
        continue;
      }
      last.next += 1;
      if (parent === undefined) ordered.push((path.pop() as { line: Line }).line);
    }
  }
  return ordered;
}

const compareBytes = (a: Line, b: Line): number => Buffer.compare(Buffer.from(a.raw), Buffer.from(b.raw));
