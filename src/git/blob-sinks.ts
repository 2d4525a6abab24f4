import { MAX_JOURNAL_BYTES, MAX_LINE_BYTES } from '../journal/split.ts';

/** Takes the bytes of a blob as they arrive, and keeps what is needed. */
export interface BlobSink {
  readonly take: (bytes: Buffer) => void;
  readonly content: () => Buffer;
}

export function wholeBlob(): BlobSink {
  const parts: Buffer[] = [];
  return { take: (bytes) => void parts.push(bytes), content: () => Buffer.concat(parts) };
}

/** Keeps nothing, for asking only what an object is. */
export const nothing = (): BlobSink => ({ take: () => undefined, content: () => Buffer.alloc(0) });

/** Keeps the first bytes, `most` of them. */
export function beginning(most: number): BlobSink {
  const parts: Buffer[] = [];
  let left = most;
  return {
    take: (bytes) => {
      if (left > 0) parts.push(bytes.subarray(0, left));
      left -= bytes.length;
    },
    content: () => Buffer.concat(parts),
  };
}

const LF = 0x0a;

/**
 * Keeps one byte more of a line, and of a journal, than is ever read: enough to see that it is too long. The chunks
 * that a pipe delivers are far smaller than a line may be, so only the line at the start of a chunk can become too
 * long.
 */
export function clippedLines(maxLine = MAX_LINE_BYTES, maxFile = MAX_JOURNAL_BYTES): BlobSink {
  const parts: Buffer[] = [];
  let kept = 0;
  let line = 0;
  const keep = (bytes: Buffer): void => {
    const part = bytes.subarray(0, maxFile + 1 - kept);
    kept += part.length;
    if (part.length > 0) parts.push(part);
  };
  return {
    take: (bytes) => {
      const first = bytes.indexOf(LF);
      const room = Math.max(0, maxLine + 1 - line);
      if ((first === -1 ? bytes.length : first) > room) {
        keep(bytes.subarray(0, room));
        if (first !== -1) keep(bytes.subarray(first));
      } else {
        keep(bytes);
      }
      const last = bytes.lastIndexOf(LF);
      line = last === -1 ? line + bytes.length : bytes.length - last - 1;
    },
    content: () => Buffer.concat(parts),
  };
}
