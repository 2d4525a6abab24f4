/** A word that somebody has begun, and what it is the beginning of. */
export interface Begun {
  readonly kind: 'tag' | 'emoji';
  /** What is typed so far, without its sign. */
  readonly typed: string;
  /** Where the sign stands. */
  readonly from: number;
}

/** The tag or the name of an emoji that ends at the caret; nothing if it is neither. */
export function begunAt(text: string, caret: number): Begun | undefined {
  const found = /(?:^|[\s(])([#:])([\p{L}\p{M}\p{N}_+-]*)$/u.exec(text.slice(Math.max(0, caret - 70), caret));
  if (!found) return undefined;
  const [, sign, typed = ''] = found;
  const kind = sign === '#' ? 'tag' : 'emoji';
  // A colon is punctuation until a name follows it, and a lone `#` begins a heading.
  if (typed.length < (kind === 'emoji' ? 2 : 1)) return undefined;
  return { kind, typed, from: caret - typed.length - 1 };
}

const MOST = 6;

/** Those of some words that begin with what is typed, then those that hold it; each group in its order. */
export function bestOf(words: readonly string[], typed: string): readonly string[] {
  const wanted = typed.toLowerCase();
  const first = words.filter((word) => word.startsWith(wanted) && word !== wanted);
  const rest = words.filter((word) => !word.startsWith(wanted) && word.includes(wanted));
  return [...first, ...rest].slice(0, MOST);
}
