/** Reads some bytes of a file. Throws a `RangeError` if the file ends before them. */
export type Read = (at: number, length: number) => Promise<DataView>;

/** How much is read at a time, since many of the pieces that are looked at are near each other. */
const BLOCK = 64 * 1024;

/** Reads parts of a file without reading all of it. */
export function readerOf(file: Blob): Read {
  let [start, block] = [0, new ArrayBuffer(0)];
  return async (at, length) => {
    if (at + length > file.size) throw new RangeError('The file ends earlier than it claims.');
    if (at < start || at + length > start + block.byteLength) {
      block = await file.slice(at, at + Math.max(length, BLOCK)).arrayBuffer();
      start = at;
    }
    return new DataView(block, at - start, length);
  };
}
