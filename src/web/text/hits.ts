import { foldCase } from '../../domain/fold-case.ts';
import { parseSearch } from '../../domain/query.ts';

/** From where to where something was found, in the units of a string. */
export type Hit = readonly [from: number, to: number];

/** Finds in a text what a search looks for: in order, none overlapping another. */
export type Finder = (text: string) => readonly Hit[];

const NOTHING: Finder = () => [];

/** What finds the words of a search, as the server does: whatever their case, and however they are composed. */
export function finderOf(search: string): Finder {
  const parsed = parseSearch(search);
  const words = (parsed.ok ? parsed.value : [])
    .flat()
    .filter(({ kind, exclude }) => kind === 'text' && !exclude)
    .map(({ value }) => String(value));
  if (words.length === 0) return NOTHING;
  return (text) => {
    const { folded, whole } = fold(text);
    return joined(words.flatMap((word) => find(folded, word)).map(whole));
  };
}

/** A text with its case folded, and how a hit in it becomes one of whole letters in the text itself. */
function fold(text: string): { folded: string; whole: (hit: Hit) => Hit } {
  if (/^[\0-\x7f]*$/.test(text)) return { folded: text.toLowerCase(), whole: (hit) => hit };
  let folded = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  // A letter and its accents are folded as one, since they can become one.
  for (const [letter] of text.matchAll(/.\p{M}*/gsu)) {
    const small = foldCase(letter);
    for (let n = 0; n < small.length; n += 1) {
      starts.push(at);
      ends.push(at + letter.length);
    }
    folded += small;
    at += letter.length;
  }
  return { folded, whole: ([from, to]) => [starts[from] ?? at, ends[to - 1] ?? at] };
}

function find(text: string, word: string): Hit[] {
  const hits: Hit[] = [];
  for (let from = text.indexOf(word); from !== -1; from = text.indexOf(word, from + word.length)) {
    hits.push([from, from + word.length]);
  }
  return hits;
}

function joined(hits: Hit[]): Hit[] {
  const all: Hit[] = [];
  for (const [from, to] of hits.sort((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    if (last && from <= last[1]) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else if (to > from) all.push([from, to]);
  }
  return all;
}

/** A text cut at its hits: each piece with whether it is one. */
export function cutAt(text: string, hits: readonly Hit[]): readonly { text: string; hit: boolean }[] {
  const pieces: { text: string; hit: boolean }[] = [];
  let done = 0;
  for (const [from, to] of hits) {
    if (from > done) pieces.push({ text: text.slice(done, from), hit: false });
    pieces.push({ text: text.slice(from, to), hit: true });
    done = to;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), hit: false });
  return pieces;
}
