import { createHash } from 'node:crypto';
import type { Attachment } from '../attachment.ts';
import { UNKNOWN_TYPE } from '../attachment.ts';
import { DIMENSION_BYTES, dimensionsOf } from './dimensions.ts';
import { HEAD_BYTES, typeOfBytes, typeOfMarkup } from './signatures.ts';

/** What can be found out about a file from its bytes. */
export type FileFacts = Omit<Attachment, 'name'>;

/** What MP4 and related formats begin with, after a length of four bytes. */
const INDEXED = 'ftyp';

/** Takes the bytes of a file as they arrive and determines what it is. Keeps only both ends in memory. */
export class FileProbe {
  readonly #hash = createHash('sha256');
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #head: Buffer[] = [];
  /** The end of a file that may have its index there. */
  readonly #tail: Buffer[] = [];
  #kept = 0;
  #tailKept = 0;
  #size = 0;
  #isText = true;

  take(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    if (this.#kept < DIMENSION_BYTES) {
      const part = chunk.subarray(0, DIMENSION_BYTES - this.#kept);
      // A chunk may be a view of memory that will be reused.
      this.#head.push(Buffer.from(part));
      this.#kept += part.length;
    }
    if (this.#size > DIMENSION_BYTES && this.#isIndexed()) this.#keepTail(chunk);
    this.#isText &&= !chunk.includes(0) && this.#decodes(chunk);
  }

  get size(): number {
    return this.#size;
  }

  facts(): FileFacts {
    const head = Buffer.concat(this.#head);
    const type = this.#typeOf(head.subarray(0, HEAD_BYTES));
    return {
      sha256: this.#hash.digest('hex'),
      type,
      size: this.#size,
      ...dimensionsOf(type, head, Buffer.concat(this.#tail)),
    };
  }

  #isIndexed(): boolean {
    return this.#head[0]?.toString('latin1', 4, 8) === INDEXED;
  }

  #keepTail(chunk: Buffer): void {
    this.#tail.push(Buffer.from(chunk));
    this.#tailKept += chunk.length;
    for (
      let first = this.#tail[0];
      first && this.#tailKept - first.length >= DIMENSION_BYTES;
      first = this.#tail[0]
    ) {
      this.#tail.shift();
      this.#tailKept -= first.length;
    }
  }

  #typeOf(head: Buffer): string {
    const known = typeOfBytes(head);
    if (known !== undefined) return known;
    if (!this.#isText || !this.#decodes()) return UNKNOWN_TYPE;
    return typeOfMarkup(head) ?? 'text/plain';
  }

  #decodes(chunk?: Buffer): boolean {
    try {
      if (chunk) this.#decoder.decode(chunk, { stream: true });
      else this.#decoder.decode();
      return true;
    } catch {
      return false;
    }
  }
}
