/** Bytes as Latin-1, one character each. For short pieces: the names, signatures and keys inside a file. */
export const latin = (bytes: Uint8Array, start = 0, end = bytes.length): string =>
  String.fromCharCode(...bytes.subarray(start, end));
