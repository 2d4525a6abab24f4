import { AstrayJournals } from '../clone/astray.ts';
import { AttributeProblems } from '../clone/attribute-problems.ts';
import type { Clone } from '../clone/clone.ts';
import { GrowthMeter, sizeProblems } from '../clone/growth.ts';
import type { StaleLocks } from '../clone/stale-locks.ts';
import type { CloneProblem, Growth } from '../contract/repository.ts';
import type { Follower } from './follow/follow.ts';
import { findUncommitted } from './uncommitted.ts';

/** What only the clone itself can tell, and a person should know: how large it is, and what is in the way in it. */
export class Inspection {
  readonly #clone: Clone;
  readonly #follower: Follower;
  readonly #locks: StaleLocks;
  readonly #onTrouble: (error: unknown) => void;
  readonly #growth: GrowthMeter;
  readonly #astray: AstrayJournals;
  readonly #attributes: AttributeProblems;
  #uncommitted: readonly CloneProblem[] = [];

  /** @param onChanged is told when what was counted or found in the background has changed */
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

  /** How large the clone was when it was counted last. */
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

  /** Looks at all of it. Our own changes reach the work tree first. */
  async look(): Promise<void> {
    await this.#follower.now();
    await this.#locks.look();
    await this.#growth.look();
    await this.#astray.look();
    this.#uncommitted = await findUncommitted(this.#clone.git, this.#follower);
  }

  /** The branch moved by another way than a capture: attributes may have come with it. Nobody waits for it. */
  branchMoved(): void {
    void this.#attributes.check(this.#onTrouble);
  }

  /** Counts again. Nobody waits for it: what it comes to is told. */
  count(): void {
    void this.#growth.look();
  }

  close(): Promise<void> {
    return this.#attributes.close();
  }
}
