/** What gitpost asks of the launcher, and what the launcher reports. The order gives each its number on the wire. */
const KINDS = [
  // Requests: start a git; a part of its input, and the end of its input; stop and resume sending its output; close its
  // output, which nobody reads any more; send it a signal.
  'start',
  'input',
  'end',
  'pause',
  'resume',
  'drop',
  'signal',
  // Reports: its process id; a part of its output and of its standard error; a signal was sent; it has ended; its
  // output has ended, too; it could not be started.
  'started',
  'output',
  'words',
  'signalled',
  'exit',
  'close',
  'failed',
] as const;

export type FrameKind = (typeof KINDS)[number];

/** One message about one git process. */
export interface Frame {
  readonly kind: FrameKind;
  /** The number that gitpost gave the process. */
  readonly child: number;
  readonly payload: Buffer;
}

/** The payload of `start`, as JSON. */
export interface Start {
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The payload of `failed`, as JSON: what Node says about it. */
export interface StartFailure {
  readonly message: string;
  readonly code?: string | undefined;
  readonly syscall?: string | undefined;
}

/** The kind (1 byte), the number of the process and the length of the payload (4 bytes each, big-endian). */
const HEADER = 9;

export function toFrame(kind: FrameKind, child: number, payload: Buffer | string = ''): Buffer {
  const content = Buffer.from(payload);
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt8(KINDS.indexOf(kind), 0);
  header.writeUInt32BE(child, 1);
  header.writeUInt32BE(content.length, 5);
  return Buffer.concat([header, content]);
}

/** Puts the frames of a stream together from the chunks in which it arrives. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with this chunk. */
  *read(chunk: Buffer): Generator<Frame> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= HEADER) {
      const end = HEADER + this.#rest.readUInt32BE(5);
      if (this.#rest.length < end) return;
      const kind = KINDS[this.#rest.readUInt8(0)] as FrameKind;
      const frame = { kind, child: this.#rest.readUInt32BE(1), payload: this.#rest.subarray(HEADER, end) };
      this.#rest = this.#rest.subarray(end);
      yield frame;
    }
  }
}
