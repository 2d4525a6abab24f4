import type { Clone } from '../clone/clone.ts';
import { endStaying, goneTrouble, type Presence, presenceOf, replacedTrouble } from '../clone/presence.ts';
import { isRewritten, rewrittenTrouble } from '../clone/rewritten.ts';
import type { RepositoryState } from '../contract/repository.ts';
import type { Trouble } from '../domain/repository.ts';
import { GitError } from '../git/run.ts';

/** A state, and what a person should know about it. */
interface Known {
  readonly state: RepositoryState;
  readonly error: Trouble | null;
}

const READY: Known = { state: 'ready', error: null };
const REWRITTEN: Known = { state: 'rewritten', error: rewrittenTrouble };
const UNSAFE: Trouble = {
  status: 'failed',
  detail:
    'There is a link or a file instead of the folder "messages" or "attachments", or of a folder in it.',
  action: 'Nothing is written here until you make it a folder again with a commit of your own.',
};

/**
 * The state of a repository: what the API reports, whether its clone can be used, and whether it is still in its
 * folder.
 */
export class Condition {
  readonly #clone: Clone;
  readonly #onChanged: () => void;
  readonly #onReplaced: () => void;
  #known: Known;
  #broken: Trouble | undefined;
  #presence: Presence = 'here';

  /**
   * @param failedBefore why an earlier attempt to open the clone failed
   * @param onReplaced called when another clone has taken the place of this one
   */
  constructor(
    clone: Clone,
    failedBefore: Trouble | undefined,
    onChanged: () => void,
    onReplaced: () => void,
  ) {
    this.#clone = clone;
    this.#onChanged = onChanged;
    this.#onReplaced = onReplaced;
    this.#known = failedBefore ? { state: 'failed', error: failedBefore } : { state: 'cloning', error: null };
  }

  /** The state as the API reports it. */
  get reported(): Known {
    if (this.#clone.isUnsafe && this.#known.state === 'ready') return { state: 'unsafe', error: UNSAFE };
    return this.#known;
  }

  /** Why the clone cannot be used at all; `undefined` if it can. */
  get broken(): Trouble | undefined {
    return this.#broken;
  }

  /** Whether the clone is still being created, or is in first contact with its remote. */
  get isOpening(): boolean {
    return this.#known.state === 'cloning';
  }

  /** Whether another clone has taken the place of this one. */
  get isReplaced(): boolean {
    return this.#presence === 'other';
  }

  /** Checks whether the clone is still in its folder. If it is not, that is the reported state until it is back. */
  async checkPresence(): Promise<Presence> {
    const presence = await presenceOf(this.#clone);
    if (this.isReplaced) return 'other';
    if (presence === this.#presence) return presence;
    this.#presence = presence;
    if (presence !== 'here') endStaying(this.#clone);
    if (presence === 'gone') this.failed(goneTrouble(this.#clone.git));
    if (presence === 'here') await this.settled();
    if (presence === 'other') this.#onReplaced();
    return presence;
  }

  /** Why nothing can be done in the clone's folder at the moment; `undefined` if something can. */
  async whyAbsent(): Promise<Trouble | undefined> {
    const presence = await this.checkPresence();
    if (presence === 'here') return undefined;
    return (presence === 'gone' ? goneTrouble : replacedTrouble)(this.#clone.git);
  }

  /** Nothing is wrong, unless the history is waiting for a person's choice. */
  async settled(): Promise<void> {
    this.#set((await isRewritten(this.#clone)) ? REWRITTEN : READY);
  }

  /** The history is waiting for a person's choice. */
  rewritten(): void {
    this.#set(REWRITTEN);
  }

  /** Something is wrong, usually with the remote. What was captured is committed all the same. */
  failed(trouble: Trouble): void {
    this.#set({ state: trouble.status, error: trouble });
  }

  /** The clone cannot be used at all. The other repositories continue. */
  giveUp(error: unknown): void {
    const said = error instanceof GitError ? error.stderr.trim() : (error as Error).message;
    this.#broken = {
      status: 'failed',
      detail: `The clone ${this.#clone.name} cannot be used: ${said}`,
      action:
        'Nothing was saved in it now, and what it holds is safe. Fix this: gitpost tries again on its own.',
    };
    this.failed(this.#broken);
  }

  #set(known: Known): void {
    this.#known = known;
    this.#onChanged();
  }
}
