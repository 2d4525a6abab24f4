const LF = 0x0a;

/**
 * Merges two versions of a journal line by line. What either side added is kept, and what either side removed from
 * their common base stays removed. No line is duplicated that was not duplicated before.
 *
 * @param base the version that both come from; empty if there is none
 */
export function mergeLines(base: Buffer, first: Buffer, second: Buffer): Buffer {
  const [before, left, right] = [rawLines(base), rawLines(first), rawLines(second)];
  const [had, inLeft, inRight] = [new Set(before), new Set(left), new Set(right)];
  const kept = left.filter((line) => inRight.has(line) || !had.has(line));
  const added = right.filter((line) => !inLeft.has(line) && !had.has(line));
  return Buffer.concat([...kept, ...added].map((line) => Buffer.from(`${line}\n`, 'latin1')));
}

/** Lines as strings of their bytes, so any content compares exactly. */
export function rawLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LF, start);
    const end = found === -1 ? bytes.length : found;
    lines.push(bytes.toString('latin1', start, end));
    start = end + 1;
  }
  return lines;
}
