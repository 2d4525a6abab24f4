/** A word that a person has started to type, and its kind. */
export interface Begun {
  readonly kind: 'tag' | 'emoji';
  /** What was typed so far, without the leading sign. */
  readonly typed: string;
  /** The position of the sign. */
  readonly from: number;
}

/** The tag or emoji name that ends at the caret; `undefined` if there is neither. */
export function begunAt(text: string, caret: number): Begun | undefined {
  const found = /(?:^|[\s(])([#:])([\p{L}\p{M}\p{N}_+-]*)$/u.exec(text.slice(Math.max(0, caret - 70), caret));
  if (!found) return undefined;
  const [, sign, typed = ''] = found;
  const kind = sign === '#' ? 'tag' : 'emoji';
  // A colon is punctuation until a name follows it, and a lone `#` starts a heading.
  if (typed.length < (kind === 'emoji' ? 2 : 1)) return undefined;
  return { kind, typed, from: caret - typed.length - 1 };
}

const MOST = 6;

/** The words that begin with the typed text, then those that contain it, each group in its original order. */
export function bestOf(words: readonly string[], typed: string): readonly string[] {
  const wanted = typed.toLowerCase();
  const first = words.filter((word) => word.startsWith(wanted) && word !== wanted);
  const rest = words.filter((word) => !word.startsWith(wanted) && word.includes(wanted));
  return [...first, ...rest].slice(0, MOST);
}
