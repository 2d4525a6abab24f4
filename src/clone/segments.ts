import type { BlobReader } from '../git/blobs.ts';
import type { GitContext } from '../git/run.ts';
import { isFile, listMessages, type TreeEntry } from '../git/tree.ts';
import type { Line } from '../journal/line.ts';
import { dayOf, MOST_SEGMENTS, SEGMENT_BYTES, segmentOf, segmentPath } from '../journal/path.ts';

interface Segment {
  readonly path: string;
  readonly number: number;
  size: number;
}

/** A day's newest segment, and all numbers already taken, by anything of that name. */
interface Day {
  newest: Segment | undefined;
  readonly taken: Set<number>;
}

/** The complete new content of a file: as it was, with one more line at its end. */
export interface Appending {
  readonly path: string;
  readonly content: Buffer;
  /** How many bytes at the beginning of `content` are the previous file. */
  readonly kept: number;
}

const LF = Buffer.from('\n');
/** How many files of the branch are kept in memory. */
const KEPT_CONTENTS = 64;

/** The parts of a clone that decide where lines go. */
interface Place {
  readonly git: GitContext;
  readonly blobs: BlobReader;
  readonly settings: { readonly device: string };
}

/** Where this device's next line goes: the newest segment of the line's day, or the one after it. */
export class Segments {
  readonly #blobs: BlobReader;
  readonly #device: string;
  #tip: string | null;
  readonly #days = new Map<string, Day>();
  /** Files with lines that are not on the branch yet. */
  readonly #pending = new Map<string, Buffer>();
  /** Files as they are on the branch, the most recently used at the end. */
  readonly #kept = new Map<string, Buffer>();

  /** Reads which segments a commit has; `null` has none. */
  static async at({ git, blobs, settings }: Place, tip: string | null): Promise<Segments> {
    return new Segments(blobs, settings.device, tip, tip === null ? [] : await listMessages(git, tip));
  }

  /** @param entries everything below the journals' folder of `tip`: of all devices, including links and submodules */
  private constructor(blobs: BlobReader, device: string, tip: string | null, entries: readonly TreeEntry[]) {
    this.#blobs = blobs;
    this.#device = device;
    this.#tip = tip;
    for (const { path, mode, size } of entries) {
      const segment = segmentOf(path, device);
      if (segment === undefined) continue;
      const day = this.#day(segment.day);
      day.taken.add(segment.number);
      // A link, a submodule or a folder may have the name of a segment. It is left alone and its number is skipped.
      const isSegment = isFile(mode) && path === segmentPath(device, segment.day, segment.number);
      if (isSegment && (day.newest?.number ?? 0) < segment.number)
        day.newest = { path, number: segment.number, size };
    }
  }

  /** Appends a line and returns the complete file that it went to. The next line goes on top of it. */
  async append(line: Line): Promise<Appending> {
    const bytes = Buffer.from(`${line.raw}\n`);
    const { segment, before } = await this.#segmentFor(dayOf(line), bytes.length);
    // If someone cut a file's last line short, it must not swallow the next one.
    const torn = before.length > 0 && before.at(-1) !== LF[0];
    const content = Buffer.concat(torn ? [before, LF, bytes] : [before, bytes]);
    segment.size = content.length;
    this.#pending.set(segment.path, content);
    return { path: segment.path, content, kept: before.length };
  }

  /** Records that these are on the branch at `tip` and can be read from there. More may have been appended since. */
  committed(tip: string, appended: readonly Appending[]): void {
    this.#tip = tip;
    for (const { path, content } of appended) {
      if (this.#pending.get(path) !== content) continue;
      this.#pending.delete(path);
      this.#kept.delete(path);
      this.#kept.set(path, content);
    }
    for (const path of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_CONTENTS) return;
      this.#kept.delete(path);
    }
  }

  #day(name: string): Day {
    const day = this.#days.get(name) ?? { newest: undefined, taken: new Set() };
    this.#days.set(name, day);
    return day;
  }

  /** The segment that has room for so many bytes, and its content. */
  async #segmentFor(name: string, length: number): Promise<{ segment: Segment; before: Buffer }> {
    const day = this.#day(name);
    const { newest } = day;
    if (newest && (newest.size === 0 || newest.size + length <= SEGMENT_BYTES)) {
      const before = await this.#contentOf(newest);
      if (before !== null) return { segment: newest, before };
    }
    const number = nextFree(day.taken, newest?.number ?? 0);
    const segment = { path: segmentPath(this.#device, name, number), number, size: 0 };
    day.taken.add(number);
    day.newest = segment;
    return { segment, before: Buffer.alloc(0) };
  }

  /** The content of a segment; `null` if the branch has the file but its content cannot be read. */
  async #contentOf({ path }: Segment): Promise<Buffer | null> {
    const known = this.#pending.get(path) ?? this.#kept.get(path);
    return known ?? (await this.#blobs.read(`${this.#tip}:${path}`));
  }
}

/** The first free number after the given one; the lowest free one if there is none above it. */
function nextFree(taken: ReadonlySet<number>, after: number): number {
  let number = after + 1;
  while (taken.has(number)) number += 1;
  return number <= MOST_SEGMENTS || after === 0 ? number : nextFree(taken, 0);
}
