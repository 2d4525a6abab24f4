import { foldCase } from '../../domain/fold-case.ts';
import { parseSearch } from '../../domain/query.ts';

/** The start and end of a match, in string units. */
export type Hit = readonly [from: number, to: number];

/** Finds the matches of a search in a text: in order and without overlaps. */
export type Finder = (text: string) => readonly Hit[];

const NOTHING: Finder = () => [];

/** Finds the words of a search as the server does: ignoring case and the way characters are composed. */
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

/** A case-folded text, and a function that maps a match in it to whole letters of the original text. */
function fold(text: string): { folded: string; whole: (hit: Hit) => Hit } {
  if (/^[\0-\x7f]*$/.test(text)) return { folded: text.toLowerCase(), whole: (hit) => hit };
  let folded = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  // A letter and its accents are folded together, since they can become a single character.
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

/** A text split at its matches. Each piece says whether it is one. */
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
