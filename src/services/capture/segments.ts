import type { BlobReader } from '../../git/blobs.ts';
import type { TreeEntry } from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import { dayOf, deviceOfPath, SEGMENT_BYTES, segmentPath } from '../../journal/path.ts';

interface Segment {
  readonly path: string;
  readonly number: number;
  size: number;
}

const LF = Buffer.from('\n');
const KEPT_CONTENTS = 64;

/** Where this device's next line goes: the newest segment of the line's day, or the one after it. */
export class Segments {
  readonly #blobs: BlobReader;
  readonly #device: string;
  #tip: string | null;
  readonly #days = new Map<string, Segment>();
  readonly #contents = new Map<string, Buffer>();

  /** @param journals the journal files of `tip`, of all devices */
  constructor(blobs: BlobReader, device: string, tip: string | null, journals: readonly TreeEntry[]) {
    this.#blobs = blobs;
    this.#device = device;
    this.#tip = tip;
    for (const { path, size } of journals) {
      if (deviceOfPath(path) !== device) continue;
      const [, day = '', number = '1'] = /\.(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.jsonl$/.exec(path) ?? [];
      const known = this.#days.get(day);
      if (!known || known.number < Number(number))
        this.#days.set(day, { path, number: Number(number), size });
    }
  }

  /** Appends a line and returns the file that it went to, whole. The next line stands on it. */
  async append(line: Line): Promise<{ readonly path: string; readonly content: Buffer }> {
    const bytes = Buffer.from(`${line.raw}\n`);
    const segment = this.#segmentFor(dayOf(line), bytes.length);
    const before = await this.#contentOf(segment);
    // A file whose last line somebody cut short must not swallow the next one.
    const torn = before.length > 0 && before.at(-1) !== LF[0];
    const content = Buffer.concat(torn ? [before, LF, bytes] : [before, bytes]);
    segment.size = content.length;
    this.#contents.delete(segment.path);
    this.#contents.set(segment.path, content);
    return { path: segment.path, content };
  }

  /** Says that all that was appended is in the branch, at `tip`, and can be read from there again. */
  committed(tip: string): void {
    this.#tip = tip;
    for (const path of this.#contents.keys()) {
      if (this.#contents.size <= KEPT_CONTENTS) return;
      this.#contents.delete(path);
    }
  }

  #segmentFor(day: string, length: number): Segment {
    const known = this.#days.get(day);
    if (known && (known.size === 0 || known.size + length <= SEGMENT_BYTES)) return known;
    const number = (known?.number ?? 0) + 1;
    const segment = { path: segmentPath(this.#device, day, number), number, size: 0 };
    this.#days.set(day, segment);
    return segment;
  }

  async #contentOf(segment: Segment): Promise<Buffer> {
    const kept = this.#contents.get(segment.path);
    if (kept) return kept;
    if (segment.size === 0 || this.#tip === null) return Buffer.alloc(0);
    return (await this.#blobs.read(`${this.#tip}:${segment.path}`)) ?? Buffer.alloc(0);
  }
}
