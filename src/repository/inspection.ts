import { AstrayJournals } from '../clone/astray.ts';
import { AttributeProblems } from '../clone/attribute-problems.ts';
import type { Clone } from '../clone/clone.ts';
import { GrowthMeter, sizeProblems } from '../clone/growth.ts';
import type { StaleLocks } from '../clone/stale-locks.ts';
import type { CloneProblem, Growth } from '../contract/repository.ts';
import type { Follower } from './follow/follow.ts';
import { findUncommitted } from './uncommitted.ts';

/** What a person should know and only the clone itself can tell: how large it is, and what is wrong in it. */
export class Inspection {
  readonly #clone: Clone;
  readonly #follower: Follower;
  readonly #locks: StaleLocks;
  readonly #onTrouble: (error: unknown) => void;
  readonly #growth: GrowthMeter;
  readonly #astray: AstrayJournals;
  readonly #attributes: AttributeProblems;
  #uncommitted: readonly CloneProblem[] = [];

  /** @param onChanged called when something that was counted or found in the background has changed */
  constructor(
    clone: Clone,
    follower: Follower,
    locks: StaleLocks,
    onChanged: () => void,
    onTrouble: (error: unknown) => void,
  ) {
    this.#clone = clone;
    this.#follower = follower;
    this.#locks = locks;
    this.#onTrouble = onTrouble;
    this.#growth = new GrowthMeter(clone, onChanged);
    this.#astray = new AstrayJournals(clone);
    this.#attributes = new AttributeProblems(clone, onChanged);
  }

  /** How large the clone was when it was last measured. */
  get growth(): Growth {
    return this.#growth.known;
  }

  /** @param isOnGitHub GitHub has limits of its own */
  problems(isOnGitHub: boolean): readonly CloneProblem[] {
    return [
      ...this.#astray.problems,
      ...this.#locks.problems,
      ...this.#attributes.problems,
      ...(isOnGitHub ? sizeProblems(this.#growth.known) : []),
      ...this.#uncommitted,
    ];
  }

  /** Checks all of it, after our own changes have reached the work tree. */
  async refresh(): Promise<void> {
    await this.#follower.now();
    await this.#locks.sweep();
    await this.#growth.measure();
    await this.#astray.find();
    this.#uncommitted = await findUncommitted(this.#clone.git, this.#follower);
  }

  /** The branch moved without a capture, which may have brought git attributes. Runs in the background. */
  branchMoved(): void {
    void this.#attributes.check(this.#onTrouble);
  }

  /** Measures the clone again, in the background. The result is reported. */
  count(): void {
    void this.#growth.measure();
  }

  close(): Promise<void> {
    return this.#attributes.close();
  }
}
