import { branchRef, type Clone, resolveIn, trackingRef } from '../../clone/clone.ts';
import { countApart, listCommits } from '../../git/refs.ts';

/** How far a clone's branch and its remote's branch are apart, as far as we have heard of the remote. */
export class RemoteView {
  readonly #clone: Clone;
  readonly #onRefreshed: () => void;
  #behind = 0;
  /** How many commits there were when no remote branch was known; they are not listed one by one. */
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

  /** Whether a commit is on the remote's branch; one that is not known yet counts with all others. */
  isPushed(commit: string | null): boolean {
    const { remoteTip, unpushed } = this.#clone;
    if (remoteTip === null) return false;
    return commit === null ? unpushed.size === 0 : !unpushed.has(commit);
  }

  /** Asks git anew, after a fetch, a push or a move of the branch by anybody else. */
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
    // Whoever chose another branch meanwhile asks again; what was read here is of the branch before.
    if (clone.settings.branch !== branch) return;
    this.#behind = apart.behind;
    this.#neverPushed = remoteTip === null ? apart.ahead : 0;
    // What was captured after the tip that git listed from is no part of the list, and not pushed either.
    const since = [...clone.unpushed].slice(listedBefore);
    clone.remoteAt(remoteTip, [...ahead, ...since.slice(tip === null ? 0 : since.indexOf(tip) + 1)]);
    this.#onRefreshed();
  }
}
