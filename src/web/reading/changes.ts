import { diffLines, diffWordsWithSpace } from 'diff';

/** A stretch of text that is in both revisions, or in one of them alone. */
export interface Change {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Two long texts that have nothing in common would hold up the page for seconds. */
const LONGEST_MS = 100;

/** What makes one text another: in words, or in lines where a line means something. */
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
