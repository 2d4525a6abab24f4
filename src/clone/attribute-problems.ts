import type { CloneProblem } from '../contract/repository.ts';
import { attributesAt, type PathAttribute, pathsOf, personsAttributes } from '../git/attributes.ts';
import { JOURNAL_FOLDER, segmentPath } from '../journal/path.ts';
import type { Clone } from './clone.ts';

const ATTACHMENTS_FOLDER = 'attachments';
const OWN_ATTRIBUTES = [
  'filter',
  'working-tree-encoding',
  'eol',
  'text',
  'ident',
  'merge',
  'export-ignore',
  'export-subst',
] as const;

/**
 * Finds git attributes of a repository that ask for something gitpost does not do: files kept in Git LFS, and filters
 * and the like on what gitpost writes. Runs after someone else may have moved the branch, never for a capture.
 */
export class AttributeProblems {
  readonly #clone: Clone;
  readonly #onChanged: () => void;
  #problems: readonly CloneProblem[] = [];
  #checked: string | null = null;
  #running: Promise<void> = Promise.resolve();

  /** @param onChanged called when the problems are different from before */
  constructor(clone: Clone, onChanged: () => void) {
    this.#clone = clone;
    this.#onChanged = onChanged;
  }

  /** As found by the last check. */
  get problems(): readonly CloneProblem[] {
    return this.#problems;
  }

  /** Checks again, after any check in progress. Resolves when it is done, even if it failed. */
  check(onTrouble: (error: unknown) => void): Promise<void> {
    this.#running = this.#running.then(() => this.#check()).catch(onTrouble);
    return this.#running;
  }

  /** Resolves when no check is running any more. */
  close(): Promise<void> {
    return this.#running;
  }

  async #check(): Promise<void> {
    const { tip, git } = this.#clone;
    if (tip === null) return;
    const own = await personsAttributes(git);
    const asked = `${tip} ${own}`;
    if (asked === this.#checked) return;
    const problems = await this.#find(tip, own);
    this.#checked = asked;
    if (JSON.stringify(problems) === JSON.stringify(this.#problems)) return;
    this.#problems = problems;
    this.#onChanged();
  }

  async #find(tip: string, own: string): Promise<CloneProblem[]> {
    const { git, settings } = this.#clone;
    const paths = await pathsOf(git, tip);
    const isPlain = own.trim() === '' && !paths?.some((path) => /(?:^|\/)\.gitattributes$/.test(path));
    if (paths === null || isPlain) return [];
    const isOwn = (path: string) => folderOf(path) !== undefined;
    const found = await attributesAt(git, tip, own, [
      { paths: paths.filter((path) => !isOwn(path)), attributes: ['filter'] },
      {
        paths: [...paths.filter(isOwn), ...expectedPaths(settings.device)],
        attributes: OWN_ATTRIBUTES,
      },
    ]);
    const large = found.filter(({ path, value }) => value === 'lfs' && !isOwn(path));
    return [...lfsProblem(large, settings.branch), ...ownProblems(found.filter(({ path }) => isOwn(path)))];
  }
}

const folderOf = (path: string): string | undefined =>
  [JOURNAL_FOLDER, ATTACHMENTS_FOLDER].find((folder) => path.startsWith(`${folder}/`));

/** The paths that a capture made today would write to. */
function expectedPaths(device: string): string[] {
  const day = new Date().toISOString().slice(0, 10);
  return [
    segmentPath(device === '' ? 'device' : device, day, 1),
    `${ATTACHMENTS_FOLDER}/00/${'0'.repeat(64)}`,
  ];
}

function lfsProblem(found: readonly PathAttribute[], branch: string): CloneProblem[] {
  const [first] = found;
  if (!first) return [];
  const others =
    found.length === 1
      ? ''
      : found.length === 2
        ? ', like 1 other file'
        : `, like ${found.length - 1} other files`;
  const reason =
    `is kept by Git LFS${others}. gitpost pushes commits, and only pointers to such files are in them. ` +
    `Send the files yourself, in the clone: git lfs push --all origin ${branch}`;
  return [{ file: first.path, line: null, reason }];
}

const OTHER_BYTES =
  'so other clones have other bytes in their files than were committed. gitpost reads and writes what is committed';

const MEANINGS: Readonly<Record<string, string>> = {
  filter:
    'and gitpost runs no filters: what it commits there is plain, neither encrypted nor kept elsewhere, and is pushed like that',
  'working-tree-encoding': OTHER_BYTES,
  eol: OTHER_BYTES,
  text: OTHER_BYTES,
  ident: OTHER_BYTES,
  merge: 'so a merge by hand in another clone can lose messages; use merge=union there',
  'export-ignore': 'so git archive leaves it out',
  'export-subst': 'so git archive changes it',
};

/** Whether a value changes anything for the files in a folder of ours. */
function matters({ path, attribute, value }: PathAttribute): boolean {
  if (attribute === 'eol') return value === 'crlf';
  // Journals are text, so `text` does nothing to them. Of attachments, every byte counts.
  if (attribute === 'text') return value === 'set' && folderOf(path) === ATTACHMENTS_FOLDER;
  if (attribute === 'merge') return !['union', 'text', 'set'].includes(value);
  return value !== 'unset';
}

function ownProblems(found: readonly PathAttribute[]): CloneProblem[] {
  const problems = new Map<string, CloneProblem>();
  for (const one of found.filter(matters)) {
    const folder = `${folderOf(one.path)}/`;
    const written =
      one.value === 'set'
        ? one.attribute
        : one.value === 'unset'
          ? `-${one.attribute}`
          : `${one.attribute}=${one.value}`;
    const reason = `has the attribute ${written}, ${MEANINGS[one.attribute]}`;
    problems.set(`${folder} ${reason}`, { file: folder, line: null, reason });
  }
  return [...problems.values()];
}
