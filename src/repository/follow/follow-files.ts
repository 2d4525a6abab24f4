import { type Clone, resolveIn } from '../../clone/clone.ts';
import { FOLLOW_MARK, type FollowMark, readFollowMark, writeFollowMark } from '../../clone/follow-mark.ts';
import { gitPath, isHere, isThere } from '../../git/paths.ts';

/** The files in the `.git` folder of a clone that following depends on: our mark, the index, and the index's lock. */
export class FollowFiles {
  readonly #clone: Clone;
  #paths: { readonly mark: string; readonly index: string; readonly lock: string } | undefined;

  constructor(clone: Clone) {
    this.#clone = clone;
  }

  /** Which commit index and work tree were last brought to. A commit that is gone counts as none. */
  async readMark(): Promise<FollowMark> {
    const mark = await readFollowMark((await this.#where()).mark);
    const commit = mark.commit === null ? null : await resolveIn(this.#clone, mark.commit);
    return { ...mark, commit };
  }

  /** Throws if another clone is in the folder: to it, the mark would say that it had followed the same. */
  async writeMark(mark: FollowMark): Promise<void> {
    if (!(await isHere(this.#clone.git))) throw new Error('The clone is no longer in its folder.');
    await writeFollowMark((await this.#where()).mark, mark);
  }

  async hasIndex(): Promise<boolean> {
    return isThere((await this.#where()).index);
  }

  /** Whether a git process holds the index at the moment. */
  async isIndexHeld(): Promise<boolean> {
    return isThere((await this.#where()).lock);
  }

  async #where() {
    const { git } = this.#clone;
    const index = this.#paths?.index ?? (await gitPath(git, 'index'));
    this.#paths ??= { mark: await gitPath(git, FOLLOW_MARK), index, lock: `${index}.lock` };
    return this.#paths;
  }
}
