/** The bytes of an array in base64, for storage in JSON. */
export const toBase64 = (words: Uint32Array): string =>
  Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64');

/** The array that {@link toBase64} encoded. */
export function fromBase64(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
