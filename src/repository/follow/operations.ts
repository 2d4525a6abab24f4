import type { Clone } from '../../clone/clone.ts';
import { run } from '../../git/run.ts';
import { diffTrees, type TreeChange } from '../../git/tree.ts';

/** A person's own git brought index and work tree to this commit. */
export interface Operation {
  readonly commit: string;
  readonly name: string;
}

/** A move of HEAD, by whomever. */
interface Move extends Operation {
  readonly isPersons: boolean;
}

/** As far back as is looked for what a person has committed. */
const MOST_MOVES = 200;

/**
 * The newest entry of HEAD's log that is none of ours. git's own ones have a colon in them (`commit: …`,
 * `checkout: …`, `pull: …`), and ours has none.
 */
export async function lastOperation({ git }: Pick<Clone, 'git'>): Promise<Operation> {
  const [newest] = await movesOf(git, ['-n', '1', '--grep-reflog=:']);
  return newest ?? { commit: '', name: '  ' };
}

/**
 * Whether index and work tree got a change by a person's own git, since the operation that was known last:
 * if they lack it now, that person has taken it out again, and we must not bring it back.
 */
export async function broughtByPerson(
  { git }: Pick<Clone, 'git'>,
  since: string,
): Promise<(change: TreeChange) => boolean> {
  const moves = await movesOf(git, ['-n', String(MOST_MOVES)]);
  const states = new Set<string>();
  for (const [index, { commit, isPersons, name }] of moves.entries()) {
    if (name === since) break;
    if (!isPersons) continue;
    for (const change of await diffTrees(git, moves[index + 1]?.commit ?? null, commit))
      states.add(stateOf(change));
  }
  return (change) => states.has(stateOf(change));
}

const stateOf = ({ path, newMode, newId }: TreeChange): string => `${newMode} ${newId} ${path}`;

/** The log of HEAD, newest first. */
async function movesOf(git: Clone['git'], which: readonly string[]): Promise<Move[]> {
  const format = '--format=%H%x00%gd%x00%gs';
  const { stdout } = await run(git, ['log', '-g', '--date=raw', ...which, format, 'HEAD', '--']);
  return stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [commit = '', selector = '', subject = ''] = line.split('\0');
      const name = `${commit} ${selector.replace(/^.*@/, '')} ${subject}`;
      return { commit, name, isPersons: subject.includes(':') };
    });
}
