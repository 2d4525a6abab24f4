import { createHash } from 'node:crypto';

/**
 * Whether git cannot keep two refs at the same time because one name is a folder of the other, such as `feat` and
 * `feat/x`. Both names are relative to the same prefix.
 */
export const isNested = (one: string, other: string): boolean =>
  one.startsWith(`${other}/`) || other.startsWith(`${one}/`);

/** A file name has at most 255 bytes, and git adds `.lock` to it. */
const MOST_ENCODED = 200;

/**
 * A branch name as one component of a ref, so no two branches need the same path, one as a folder and the other as a
 * file. Letters are in lower case and everything else is percent-encoded, because some file systems treat `Feat` and
 * `feat`, or two forms of `ü`, as the same name. A name that would be too long ends in its hash: `%x` cannot come
 * from an encoded byte.
 */
export function encodeBranch(branch: string): string {
  const encoded = [...Buffer.from(branch)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (encoded.length <= MOST_ENCODED) return encoded;
  return `${encoded.slice(0, MOST_ENCODED - 66)}%x${createHash('sha256').update(branch).digest('hex')}`;
}
