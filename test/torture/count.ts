/** What was counted while gitpost was killed again and again. */
export interface TortureCount {
  kills: Record<string, number>;
  /** Answers that promise something: 201, 200 of an edit, 204. */
  promised: Record<string, number>;
  /** Requests that got no answer. */
  unanswered: number;
  /** Answers that refuse, by status. */
  refused: Record<string, number>;
  syncs: Record<string, number>;
  /** What was running when it was killed. */
  underWay: Record<string, number>;
  locksLeft: Record<string, number>;
}

export const newCount = (): TortureCount => ({
  kills: {},
  promised: {},
  unanswered: 0,
  refused: {},
  syncs: {},
  underWay: {},
  locksLeft: {},
});

export function add(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
