/**
 * What the mirror knows of a repository besides its messages: the commit it agrees with, and what could not be read.
 */
export interface Covered {
  readonly branch: string;
  readonly head: string | null;
  /**
   * The commit that is being read: some of its lines may already be in the mirror. If the reading was interrupted and
   * the branch is no longer at this commit, they may not be on any branch.
   */
  readonly towards?: string;
  readonly problems: Problems;
  /** Whether the commits of some lines were still being looked up. The next start continues that. */
  readonly unattributed?: true;
}

/** Lines that could not be read, by file. */
export type Problems = Readonly<
  Record<string, readonly { readonly line: number; readonly reason: string }[]>
>;

/** How many are listed individually. The status of a repository is sent as a whole, over and over. */
const MOST_PROBLEMS = 2000;

/** The first problems, and for all others only their number. */
export function firstProblems(problems: Problems): Problems {
  const all = Object.entries(problems).flatMap(([file, rows]) => rows.map((row) => [file, row] as const));
  if (all.length <= MOST_PROBLEMS) return problems;
  const [next] = all.slice(MOST_PROBLEMS) as [(typeof all)[number]];
  const reason = `is the first of ${all.length - MOST_PROBLEMS} further problems`;
  const few = [...all.slice(0, MOST_PROBLEMS), [next[0], { line: next[1].line, reason }] as const];
  const byFile = new Map<string, Problems[string][number][]>();
  for (const [file, row] of few) byFile.set(file, [...(byFile.get(file) ?? []), row]);
  return Object.fromEntries(byFile);
}
