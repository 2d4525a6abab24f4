/** The bytes of an array in base64, as a JSON file keeps them. */
export const toBase64 = (words: Uint32Array): string =>
  Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64');

/** The array whose bytes {@link toBase64} made a text of. */
export function fromBase64(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
