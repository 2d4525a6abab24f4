/** How many author colours the styles have. */
const TINTS = 10;

/** The number of an author's colour. A name has the same colour on every machine. */
export function tintOf(author: string): number {
  let hash = 0;
  for (const letter of author.normalize('NFC').toLowerCase())
    hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return hash % TINTS;
}

/** Up to two letters that represent a name: the initials of its first and last word. */
export function initialsOf(author: string): string {
  const words = author.split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? author];
  return ends
    .map((word = '') => /[\p{L}\p{N}]\p{M}*/u.exec(word)?.[0] ?? [...word][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
