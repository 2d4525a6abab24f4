import { diffLines, diffWordsWithSpace } from 'diff';

/** A section of text that is in both revisions, or in only one of them. */
export interface Change {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Comparing two long texts that have nothing in common would block the page for seconds. */
const LONGEST_MS = 100;

/** The differences between two texts: by words, or by lines if lines matter. */
export function changesBetween(before: string, after: string, byLine: boolean): readonly Change[] {
  const limit = { timeout: LONGEST_MS };
  const parts = byLine ? diffLines(before, after, limit) : diffWordsWithSpace(before, after, limit);
  if (parts === undefined) {
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  }
  return parts.map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }));
}
