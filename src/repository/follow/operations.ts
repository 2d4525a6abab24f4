import { open, stat } from 'node:fs/promises';
import type { Clone } from '../../clone/clone.ts';
import { gitPath } from '../../git/paths.ts';
import { run } from '../../git/run.ts';
import { diffTrees, type TreeChange } from '../../git/tree.ts';

/** A person's own git brought index and work tree to this commit. */
export interface Operation {
  readonly commit: string;
  readonly name: string;
}

/** A move of HEAD, made by a person or by us. */
interface Move extends Operation {
  readonly isPersons: boolean;
}

/** How many moves back we look for what a person has committed. */
const MOST_MOVES = 200;

/** The log of HEAD, which shows what a person's git did last. If only entries of ours were added, no git is started. */
export class HeadLog {
  readonly #git: Clone['git'];
  #known: { readonly operation: Operation; readonly until: End } | undefined;

  constructor({ git }: Pick<Clone, 'git'>) {
    this.#git = git;
  }

  /**
   * The newest entry that is not ours. git's own entries contain a colon (`commit: …`, `checkout: …`, `pull: …`),
   * ours do not.
   */
  async lastOperation(): Promise<Operation> {
    const file = await gitPath(this.#git, 'logs/HEAD');
    const until = this.#known && (await endOfOurs(file, this.#known.until));
    if (this.#known && until) {
      this.#known = { ...this.#known, until };
      return this.#known.operation;
    }
    // The log may grow while git reads it. What is added after this point is read again.
    const end = await endOf(file);
    const [newest] = await movesOf(this.#git, ['-n', '1', '--grep-reflog=:']);
    const operation = newest ?? { commit: '', name: '  ' };
    this.#known = end && { operation, until: end };
    return operation;
  }
}

/** How far a log was read, and in which file: git writes a new file when it drops old entries. */
interface End {
  readonly inode: number;
  readonly size: number;
}

/** If more than this was added, git reads it instead. In bytes. */
const MOST_READ = 1024 * 1024;

const endOf = (file: string): Promise<End | undefined> =>
  stat(file).then(
    ({ ino, size }) => ({ inode: ino, size }),
    () => undefined,
  );

/** The end of a log if it has only grown since, by complete entries of ours. */
async function endOfOurs(file: string, since: End): Promise<End | undefined> {
  const end = await endOf(file);
  if (end?.inode !== since.inode || end.size < since.size || end.size - since.size > MOST_READ)
    return undefined;
  const entries = await readPart(file, since.size, end.size);
  return entries.every((entry) => entry.endsWith(OURS)) ? end : undefined;
}

/** How an entry made with `git update-ref -m gitpost` ends. */
const OURS = '\tgitpost';

/** The lines of a part of a file. The last one may be cut off if the part does not end at a line break. */
async function readPart(path: string, from: number, to: number): Promise<string[]> {
  if (from === to) return [];
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(to - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.toString('latin1', 0, bytesRead).replace(/\n$/, '').split('\n');
  } finally {
    await file.close();
  }
}

/**
 * Tells whether a person's own git brought a change to the index and work tree since the last known operation. If
 * they lack the change now, that person has removed it again, and we must not bring it back.
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
