import { secretsIn } from './secrets.ts';

/** The longest credential, in bytes. Neighbouring chunks of a text overlap by this much, so none is cut in two. */
const LONGEST_SECRET = 4096;
/** How much of a file says whether it is text: as much as git looks at. In bytes. */
const LOOKED_AT = 8000;

/**
 * Looks for credentials in a file as its bytes arrive, if it is text, whatever type its beginning suggests. A file is
 * text as git decides it (`buffer_is_binary` in git's xdiff-interface.c): it has no byte 0 near its beginning. A byte
 * order mark of UTF-16 says so as well.
 */
export class SecretScan {
  #seen = new Set<string>();
  #size = 0;
  #end: Buffer = Buffer.alloc(0);
  #encoding: 'utf-8' | 'utf-16le' | 'utf-16be' = 'utf-8';
  #isText = true;

  take(chunk: Buffer): void {
    if (!this.#isText) return;
    if (this.#size === 0) this.#encoding = encodingOf(chunk);
    const begins = chunk.subarray(0, Math.max(0, LOOKED_AT - this.#size));
    this.#size += chunk.length;
    if (this.#encoding === 'utf-8' && begins.includes(0)) {
      this.#isText = false;
      this.#seen = new Set();
      return;
    }
    const piece = Buffer.concat([this.#end, chunk]);
    for (const kind of secretsIn(new TextDecoder(this.#encoding).decode(piece))) this.#seen.add(kind);
    // An even number of bytes, so that UTF-16 is not read shifted by one.
    this.#end = piece.subarray(-LONGEST_SECRET - (piece.length % 2));
  }

  /** The kinds of credentials seen so far. */
  get seen(): ReadonlySet<string> {
    return this.#seen;
  }
}

/** Credentials are ASCII, so UTF-8 does for every encoding but UTF-16. */
function encodingOf(head: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const mark = head.toString('latin1', 0, 2);
  if (mark === '\xff\xfe') return 'utf-16le';
  return mark === '\xfe\xff' ? 'utf-16be' : 'utf-8';
}
