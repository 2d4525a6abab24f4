/** How many colours the styles have for authors. */
const TINTS = 10;

/** The colour of an author, by its number: the same for a name on each machine. */
export function tintOf(author: string): number {
  let hash = 0;
  for (const letter of author.normalize('NFC').toLowerCase())
    hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return hash % TINTS;
}

/** Up to two letters that stand for a name: those that its first and its last word begin with. */
export function initialsOf(author: string): string {
  const words = author.split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? author];
  return ends
    .map((word = '') => /[\p{L}\p{N}]\p{M}*/u.exec(word)?.[0] ?? [...word][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
