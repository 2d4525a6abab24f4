import { branchRef, type Clone, resolveIn, trackingRef } from '../../clone/clone.ts';
import { countApart, listCommits } from '../../git/refs.ts';

/** How far a clone's branch and its remote's branch have diverged, as far as we know the remote. */
export class RemoteView {
  readonly #clone: Clone;
  readonly #onRefreshed: () => void;
  #behind = 0;
  /** How many commits there were while no remote branch was known. They are not listed individually. */
  #neverPushed = 0;

  constructor(clone: Clone, onRefreshed: () => void) {
    this.#clone = clone;
    this.#onRefreshed = onRefreshed;
  }

  /** How many commits the remote's branch lacks. */
  get ahead(): number {
    return this.#neverPushed + this.#clone.unpushed.size;
  }

  /** How many commits the remote's branch has beyond ours. */
  get behind(): number {
    return this.#behind;
  }

  /**
   * Whether a commit is on the remote's branch. `null`, a commit that we don't know yet, counts as pushed if all
   * commits are.
   */
  isPushed(commit: string | null): boolean {
    const { remoteTip, unpushed } = this.#clone;
    if (remoteTip === null) return false;
    return commit === null ? unpushed.size === 0 : !unpushed.has(commit);
  }

  /** Asks git again, after a fetch, a push or a move of the branch by someone else. */
  async refresh(): Promise<void> {
    const clone = this.#clone;
    const { git } = clone;
    const { branch } = clone.settings;
    const [own, tracking] = [branchRef(clone), trackingRef(clone)];
    const listedBefore = clone.unpushed.size;
    const [tip, remoteTip] = [await resolveIn(clone, own), await resolveIn(clone, tracking)];
    const apart = await countApart(git, tip, remoteTip);
    const isListed = tip !== null && remoteTip !== null && apart.ahead > 0;
    const ahead = isListed ? await listCommits(git, [tip, `^${remoteTip}`]) : [];
    // If another branch was chosen in the meantime, that triggers its own refresh. What was read here belongs to the
    // old one.
    if (clone.settings.branch !== branch) return;
    this.#behind = apart.behind;
    this.#neverPushed = remoteTip === null ? apart.ahead : 0;
    // Commits captured after the tip that git listed from are not in the list, and not pushed either.
    const since = [...clone.unpushed].slice(listedBefore);
    clone.remoteAt(remoteTip, [...ahead, ...since.slice(tip === null ? 0 : since.indexOf(tip) + 1)]);
    this.#onRefreshed();
  }
}
