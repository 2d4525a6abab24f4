import { refuse } from './refusal.ts';

const LF = 0x0a;
const MOST_BYTES = 2 * 2 ** 20;

/**
 * The lines of a text file, without their line ends. The text is UTF-8, or UTF-16 if a byte order mark says so. A
 * line that is not valid UTF-8 is read as Windows-1252, since old logs mix both. Throws a refusal for a line longer
 * than 2 MiB.
 *
 * @param isStrict keep every byte: refuse a line that is not valid UTF-8, and keep a CR at its end
 */
export async function* linesOf(bytes: AsyncIterable<Buffer>, isStrict = false): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  let utf16: InstanceType<typeof TextDecoder> | undefined;
  let isFirst = true;
  for await (const chunk of bytes) {
    let piece = chunk;
    if (isFirst) {
      isFirst = false;
      if (chunk[0] === 0xff && chunk[1] === 0xfe) utf16 = new TextDecoder('utf-16le');
      else if (chunk[0] === 0xfe && chunk[1] === 0xff) utf16 = new TextDecoder('utf-16be');
      else if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) piece = chunk.subarray(3);
    }
    if (utf16) piece = Buffer.from(utf16.decode(piece, { stream: true }));
    let start = 0;
    for (let end = piece.indexOf(LF); end !== -1; end = piece.indexOf(LF, start)) {
      yield decode(
        rest.length > 0 ? Buffer.concat([rest, piece.subarray(start, end)]) : piece.subarray(start, end),
        isStrict,
      );
      rest = Buffer.alloc(0);
      start = end + 1;
    }
    rest = Buffer.concat([rest, piece.subarray(start)]);
    if (rest.length > MOST_BYTES)
      throw refuse('The file has a line longer than 2 MiB, so it is not an export.');
  }
  if (rest.length > 0) yield decode(rest, isStrict);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows = new TextDecoder('windows-1252');

function decode(bytes: Buffer, isStrict: boolean): string {
  const line = bytes.at(-1) === 0x0d && !isStrict ? bytes.subarray(0, -1) : bytes;
  try {
    return utf8.decode(line);
  } catch {
    if (isStrict) throw refuse('The file is not valid UTF-8. Nothing was imported.');
    return windows.decode(line);
  }
}
