import { createHash } from 'node:crypto';
import { hashOf, pngOf } from './files.ts';

/** A file that somebody attaches. */
export interface SampleFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Enough for each kind to come twice; few enough that the same file comes into several messages and repositories. */
export const SAMPLE_FILES = 24;

/** Bytes that no compression makes smaller, the same for the same number. */
const noise = (number: number, length: number): Buffer =>
  createHash('shake256', { outputLength: length }).update(`noise ${number}`).digest();

/** What git, JSON or a careless program could change on its way: line ends, NUL, markers, markup and plain bulk. */
const KINDS: readonly { readonly name: string; readonly bytes: (number: number) => Buffer }[] = [
  { name: 'tiny', bytes: (number) => Buffer.from([number]) },
  { name: 'windows.txt', bytes: (number) => Buffer.from(`one\r\ntwo ${number}\r\n`.repeat(40)) },
  { name: 'nul.txt', bytes: (number) => Buffer.from(`text ${number}\0and more\r\n\0`) },
  { name: 'picture of a day.png', bytes: (number) => pngOf(20 + number, 10) },
  { name: 'page.html', bytes: (number) => Buffer.from(`<script>alert(${number})</script>\n`) },
  {
    name: 'notes.jsonl',
    bytes: (number) => Buffer.from(`{"v":1,"id":"${number}","text":"no line of ours"}`),
  },
  {
    name: '日記 – №1.md',
    bytes: (number) => Buffer.from(`<<<<<<< ours\n$Id$ ${number}\n=======\n>>>>>>> theirs`),
  },
  { name: 'one page', bytes: (number) => noise(number, 4096) },
  { name: 'some pages.bin', bytes: (number) => noise(number, 70_001) },
  { name: 'many pages.bin', bytes: (number) => noise(number, 400_000) },
  { name: 'a log', bytes: (number) => Buffer.from(`${number} the same line again\n`.repeat(20_000)) },
  { name: 'not utf-8.txt', bytes: (number) => Buffer.from([0xff, 0xfe, number, 0x0a, 0xc3, 0x28]) },
];

const known = new Map<string, SampleFile>();

/** Makes a file that {@link sampleOf} finds by its hash. */
export function madeFile(name: string, bytes: Buffer): SampleFile {
  const sha256 = hashOf(bytes);
  const file = known.get(sha256) ?? { name, bytes, sha256 };
  known.set(sha256, file);
  return file;
}

/** One of a few files; the same number is the same file everywhere. */
export function sampleFile(chosen: number): SampleFile {
  const number = chosen % SAMPLE_FILES;
  const { name, bytes } = KINDS[number % KINDS.length] as (typeof KINDS)[number];
  return madeFile(name, bytes(number));
}

/** The file that was made with a hash; throws if there is none, since then nobody uploaded it. */
export function sampleOf(sha256: string): SampleFile {
  const file = known.get(sha256);
  if (!file) throw new Error(`Nobody made a file with the hash ${sha256}`);
  return file;
}
