import type { CloneProblem } from '../contract/repository.ts';
import type { GitContext } from '../git/run.ts';
import { listAstray } from '../git/tree.ts';
import { JOURNAL_FOLDER } from '../journal/path.ts';
import type { Clone } from './clone.ts';

/** Journals of a commit that are not read, because their folder is not spelled exactly "messages". */
export interface Astray {
  /** A folder of a month, such as `Messages/2026-11`, or of a year in old archives. */
  readonly folder: string;
  readonly detail: string;
  readonly action: string;
}

/** Finds the journals of devices in a folder such as `Messages`, grouped by the folder of their month. */
export async function findAstray(git: GitContext, commit: string): Promise<Astray[]> {
  const counts = new Map<string, number>();
  for (const { path } of await listAstray(git, commit)) {
    const folder = path.split('/').slice(0, 2).join('/');
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([folder, journals]) => ({
    folder,
    detail: `${journals === 1 ? 'A journal is' : `${journals} journals are`} in ${folder}, which is not read: only ${JOURNAL_FOLDER}/ is, in lower case.`,
    action:
      'The messages are safe in git. Run these in the clone to bring them back: ' +
      `mkdir -p ${placeFor(folder)} && git -c core.ignorecase=false mv ${folder} ${placeFor(folder)} && git commit -m "Bring messages back"`,
  }));
}

/** A folder that is read, and that is different for each of these folders. */
const placeFor = (folder: string): string => `${JOURNAL_FOLDER}/from-${folder.split('/')[0]}`;

/** Such journals on a clone's branch. They are only looked for again after the branch has moved. */
export class AstrayJournals {
  readonly #clone: Clone;
  #tip: string | null = null;
  #problems: readonly CloneProblem[] = [];

  constructor(clone: Clone) {
    this.#clone = clone;
  }

  get problems(): readonly CloneProblem[] {
    return this.#problems;
  }

  async find(): Promise<void> {
    const { tip, git } = this.#clone;
    if (tip === this.#tip) return;
    const found = tip === null ? [] : await findAstray(git, tip);
    this.#problems = found.map(({ folder, detail, action }) => ({
      file: folder,
      line: null,
      reason: `is not read. ${detail} ${action}`,
    }));
    this.#tip = tip;
  }
}
