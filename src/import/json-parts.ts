import { refuse } from './refusal.ts';

/** A value of a large JSON document, with the path to it: keys joined by `/`, with `*` for an element of a list. */
export interface JsonPart {
  readonly path: string;
  /** `undefined` at the beginning of a container whose contents are read one by one. */
  readonly value: unknown;
}

/** The size limit for one value, in bytes: a message with everything that belongs to it. */
const MOST_BYTES = 16 * 2 ** 20;
const MOST_DEPTH = 100;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

interface Container {
  readonly path: string;
  readonly isList: boolean;
  key: string | undefined;
}

/**
 * Reads a JSON document of any length in chunks, so memory use stays constant. The contents of containers whose path
 * is `isOpen` are read one by one, and each value in them is parsed separately. (Libraries that stream JSON do not
 * limit the size of a value, and assemble it from tokens, which takes many times as long.) Throws a refusal if the
 * document is broken, truncated or not UTF-8, or if a value is larger than 16 MiB or nested deeper than 100.
 */
export async function* jsonParts(
  bytes: AsyncIterable<Buffer>,
  isOpen: (path: string) => boolean,
  name: string,
): AsyncGenerator<JsonPart> {
  const reader = new PartReader(isOpen, name || 'The file');
  for await (const chunk of bytes) yield* reader.read(chunk);
  yield* reader.end();
}

class PartReader {
  readonly #isOpen: (path: string) => boolean;
  readonly #name: string;
  readonly #stack: Container[] = [];
  /** What was captured of a value in earlier chunks. */
  #pieces: Buffer[] = [];
  #length = 0;
  #kind: 'none' | 'key' | 'string' | 'container' | 'scalar' = 'none';
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #isDone = false;

  constructor(isOpen: (path: string) => boolean, name: string) {
    this.#isOpen = isOpen;
    this.#name = name;
  }

  *read(chunk: Buffer): Generator<JsonPart> {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (this.#kind !== 'none') {
        if (!this.#endsAt(byte)) continue;
        // A scalar ends before the byte that shows its end.
        const end = this.#kind === 'scalar' ? at : at + 1;
        const part = this.#taken(chunk.subarray(start, end));
        if (part) yield part;
        if (end === at + 1) continue;
      }
      if (byte <= 0x20 || byte === COMMA || byte === COLON) continue;
      if (this.#stack.length === 0 && !this.#isDone && BOM.has(byte)) continue;
      start = at;
      const begun = this.#begin(byte);
      if (begun) yield begun;
    }
    if (this.#kind === 'none') return;
    const rest = chunk.subarray(start);
    this.#length += rest.length;
    if (this.#length > MOST_BYTES) throw refuse(`${this.#name} holds an entry larger than 16 MiB.`);
    this.#pieces.push(Buffer.from(rest));
  }

  *end(): Generator<JsonPart> {
    if (this.#kind === 'scalar' && this.#stack.length === 0) {
      const part = this.#taken(Buffer.alloc(0));
      if (part) yield part;
    }
    if (!this.#isDone) throw refuse(`${this.#name} is cut off: its JSON has no end. Nothing was imported.`);
  }

  /** Whether a byte is the last of the captured value, or for a scalar the first one after it. */
  #endsAt(byte: number): boolean {
    if (this.#kind === 'scalar')
      return byte <= 0x20 || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT;
    if (this.#inString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        return this.#kind !== 'container';
      }
      return false;
    }
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      this.#depth += 1;
      if (this.#depth > MOST_DEPTH) throw refuse(`${this.#name} is nested deeper than ${MOST_DEPTH} levels.`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      this.#depth -= 1;
      return this.#depth === 0;
    }
    return false;
  }

  #begin(byte: number): JsonPart | undefined {
    const parent = this.#stack.at(-1);
    if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      if (!parent || parent.isList !== (byte === CLOSE_LIST)) throw this.#broken();
      this.#stack.pop();
      this.#isDone = this.#stack.length === 0;
      return undefined;
    }
    if (this.#isDone) throw this.#broken();
    const isKey = parent !== undefined && !parent.isList && parent.key === undefined;
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (isKey) throw this.#broken();
      const path = this.#path();
      if (this.#isOpen(path)) {
        if (parent) parent.key = undefined;
        this.#stack.push({ path, isList: byte === OPEN_LIST, key: undefined });
        return { path, value: undefined };
      }
      this.#kind = 'container';
      this.#depth = 1;
      return undefined;
    }
    if (isKey && byte !== QUOTE) throw this.#broken();
    this.#kind = isKey ? 'key' : byte === QUOTE ? 'string' : 'scalar';
    this.#inString = byte === QUOTE;
    return undefined;
  }

  #taken(last: Buffer): JsonPart | undefined {
    const bytes = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    if (bytes.length > MOST_BYTES) throw refuse(`${this.#name} holds an entry larger than 16 MiB.`);
    const kind = this.#kind;
    this.#pieces = [];
    this.#length = 0;
    this.#kind = 'none';
    const value = this.#parse(bytes);
    const parent = this.#stack.at(-1);
    if (kind === 'key' && parent) {
      parent.key = String(value);
      return undefined;
    }
    const path = this.#path();
    if (parent) parent.key = undefined;
    else this.#isDone = true;
    return { path, value };
  }

  #path(): string {
    const parent = this.#stack.at(-1);
    if (!parent) return '';
    const step = parent.isList ? '*' : (parent.key ?? '');
    return parent.path === '' ? step : `${parent.path}/${step}`;
  }

  #parse(bytes: Buffer): unknown {
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      throw refuse(`${this.#name} is not valid UTF-8. Nothing was imported.`);
    }
    try {
      return JSON.parse(text);
    } catch {
      throw this.#broken();
    }
  }

  #broken() {
    return refuse(
      `${this.#name} is not valid JSON, or is damaged. Get the export again. Nothing was imported.`,
    );
  }
}

/** The bytes of a byte order mark. */
const BOM: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);
const utf8 = new TextDecoder('utf-8', { fatal: true });
