/** A change to the text of a field: the replacement of part of it, and the selection afterwards. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  /** The selection afterwards, counted from the beginning of the text. */
  readonly select: readonly [number, number];
}

/** A text and its selection. If both ends are equal, it is only the caret. */
export interface Selected {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Puts marks around the selection, or removes them if they are already there. */
export function toggleMarks({ text, start, end }: Selected, mark: string): TextEdit {
  const isMarked =
    text.slice(start - mark.length, start) === mark &&
    text.slice(end, end + mark.length) === mark &&
    (mark.length > 1 || text.slice(start - 2, start) !== '**' || text.slice(start - 3, start) === '***');
  const inside = text.slice(start, end);
  if (isMarked) {
    const from = start - mark.length;
    return { from, to: end + mark.length, insert: inside, select: [from, from + inside.length] };
  }
  return {
    from: start,
    to: end,
    insert: mark + inside + mark,
    select: [start + mark.length, end + mark.length],
  };
}

/** Turns the selection into a link. Without an address, the place for it is selected. */
export function toLink({ text, start, end }: Selected, url = ''): TextEdit {
  const words = text.slice(start, end);
  const insert = `[${words}](${url})`;
  const place = url !== '' ? start + insert.length : words === '' ? start + 1 : start + insert.length - 1;
  return { from: start, to: end, insert, select: [place, place] };
}

const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})([.)]))( +)(\[[ xX]\] +)?/;
const QUOTE = /^(\s*>[> ]*)/;

/** Continues a list or a quote on a new line. In an empty item, the list ends. `undefined` anywhere else. */
export function continueLine({ text, start, end }: Selected): TextEdit | undefined {
  if (start !== end || isInFence(text, start)) return undefined;
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const line = text.slice(from, start);
  const item = ITEM.exec(line);
  const found = item?.[0] ?? QUOTE.exec(line)?.[0];
  if (found === undefined) return undefined;
  const next = text.indexOf('\n', start);
  const rest = text.slice(start, next === -1 ? undefined : next);
  if (line.length === found.length && rest.trim() === '') {
    return { from, to: start, insert: '', select: [from, from] };
  }
  if (line.length < found.length) return undefined;
  const insert = `\n${item ? nextItem(item) : found}`;
  return { from: start, to: start, insert, select: [start + insert.length, start + insert.length] };
}

function nextItem([, indent = '', bullet, number, dot = '', space = ' ', box]: RegExpExecArray): string {
  const mark = bullet ?? `${Number(number) + 1}${dot}`;
  return `${indent}${mark}${space}${box === undefined ? '' : '[ ] '}`;
}

const STEP = '  ';

/** Indents the selected lines of code by one step, or unindents them. */
export function indent({ text, start, end }: Selected, isBack: boolean): TextEdit | undefined {
  if (start === end && !isBack) {
    return { from: start, to: end, insert: STEP, select: [start + STEP.length, start + STEP.length] };
  }
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const lines = text.slice(from, end).split('\n');
  const moved = lines.map((line) => (isBack ? line.replace(/^(?:\t| {1,2})/, '') : STEP + line));
  const insert = moved.join('\n');
  const first = (moved[0]?.length ?? 0) - (lines[0]?.length ?? 0);
  if (insert === lines.join('\n')) return undefined;
  return {
    from,
    to: end,
    insert,
    select: [Math.max(from, start + first), from + insert.length],
  };
}

/** Whether a position in Markdown is inside a fenced block. */
export function isInFence(text: string, at: number): boolean {
  let open = '';
  for (const line of text.slice(0, at).split('\n').slice(0, -1)) {
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (open === '') open = fence;
    else if (fence.startsWith(open) && line.trim() === fence) open = '';
  }
  return open !== '';
}
