import type { Held } from '../../async/mutex.ts';
import { branchRef, type Clone, resolveIn } from '../../clone/clone.ts';
import { checkSide } from '../../clone/rewritten.ts';
import { isAncestor } from '../../git/refs.ts';
import { diffTrees, journalsOf } from '../../git/tree.ts';
import { ATTACHMENT_FOLDER, JOURNAL_FOLDER } from '../../journal/path.ts';
import type { Covered } from '../../mirror/covered.ts';
import type { Database } from '../../mirror/database.ts';
import { keepOverlooked } from '../follow/restore-dropped.ts';
import { attribute } from './attribute.ts';
import { begin, catchUp, type Reading, takeTip, type Way } from './catch-up.ts';
import type { EntryChange } from './mirror-lines.ts';
import { rebuild } from './rebuild.ts';
import { catchUpInSteps } from './steps.ts';

/** What a move of the branch by anybody else came to. */
export interface Reconciled {
  /** How many messages changed; resolves when all of them are read. */
  readonly changed: Promise<number>;
}

/**
 * Who has moved the branch: a person's git may have left lines out by mistake or lost them; a person who chose where it is
 * means what it lost; a sync of ours has moved it from the tip that we knew to one that holds all of it.
 */
export type Mover = 'anybody' | 'choice' | { readonly syncedTo: string };

export interface ReconcilerPorts {
  readonly clone: Clone;
  readonly mirror: Database;
  /** The commits that index and work tree were last brought to, the newest first. */
  readonly followed: () => Promise<readonly (string | null)[]>;
  readonly onChanges: (changes: readonly EntryChange[]) => void;
  readonly isTold: Reading['isTold'];
  readonly filler: Reading['filler'];
  readonly onRewritten: () => void;
  /** Told when commits of lines were found that were not known before. */
  readonly onAttributed: () => void;
  readonly onTrouble: (error: unknown) => void;
}

/** A change of more journal files than this is read in steps, while captures go on. */
const MANY_FILES = 64;

/**
 * Makes the mirror agree with a clone's branch. Our own writes are known by where the branch is, not by a flag: the
 * mirror covers them already.
 */
export class Reconciler {
  readonly #ports: ReconcilerPorts;
  readonly #reading: Reading;
  readonly #abort = new AbortController();
  /** The reading of a long way, as long as it goes on. */
  #steps: Promise<number> | undefined;
  #attributing: Promise<void> = Promise.resolve();
  /** Whether this program has begun to look for commits, which it then does to the end. */
  #isAttributing = false;

  constructor(ports: ReconcilerPorts) {
    this.#ports = ports;
    const { clone, mirror, onChanges, isTold, filler } = ports;
    const onUnattributed = () => this.#attribute();
    const { signal } = this.#abort;
    this.#reading = { clone, mirror, onChanges, isTold, filler, onUnattributed, signal };
  }

  /** Whether the mirror agrees with a commit of the branch, or will when what is being read is done. */
  covers(tip: string | null): boolean {
    const covered = this.#covered();
    if (covered?.branch !== this.#ports.clone.settings.branch) return false;
    return covered.towards === undefined
      ? covered.head === tip
      : covered.towards === tip && this.#steps !== undefined;
  }

  /**
   * Makes the mirror agree with the branch; `undefined` if it does already. If somebody moves the branch again meanwhile,
   * that is for the next run.
   */
  async run(held: Held, by: Mover = 'anybody'): Promise<Reconciled | undefined> {
    const { clone, onRewritten } = this.#ports;
    const tip = await this.#tip(held, by);
    if (this.covers(tip)) {
      if (clone.tip !== tip) await takeTip(clone, held, tip);
      this.#goOnAttributing();
      return undefined;
    }
    // What is being read is read to its end, since the next way begins there.
    await this.#steps;
    const covered = this.#covered();
    const last = covered?.branch === clone.settings.branch ? covered.head : null;
    if (by === 'anybody' && (await checkSide(clone, 'branch', tip, last))) onRewritten();
    const reconciled = await this.#read(held, covered, tip);
    this.#goOnAttributing();
    return reconciled;
  }

  /** Ends what is being read in steps; the next start goes on with it. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#steps;
    await this.#attributing;
  }

  /** The commit to make the mirror agree with. */
  async #tip(held: Held, by: Mover): Promise<string | null> {
    const { clone, followed } = this.#ports;
    const was = this.#covered();
    if (by === 'anybody') return keepOverlooked(clone, held, followed, was?.towards ?? was?.head ?? null);
    return by === 'choice' ? resolveIn(clone, branchRef(clone)) : by.syncedTo;
  }

  async #read(held: Held, covered: Covered | undefined, tip: string | null): Promise<Reconciled> {
    const { clone } = this.#ports;
    const { git } = clone;
    const base = covered?.head == null ? null : await resolveIn(clone, covered.head);
    if (!covered || covered.head !== base || !(await this.#isWhole(covered, tip))) {
      await takeTip(clone, held, tip);
      return read(await rebuild(this.#reading, tip));
    }
    const all = await diffTrees(git, base, tip, [JOURNAL_FOLDER, ATTACHMENT_FOLDER]);
    await takeTip(clone, held, tip, { base, changes: all });
    const way: Way = { covered, base, tip, changes: journalsOf(all) };
    const isOn = tip !== null && (base === null || (await isAncestor(git, base, tip)));
    if (way.changes.length <= MANY_FILES || !isOn) return read(await catchUp(this.#reading, way));
    begin(this.#reading, covered, tip);
    this.#steps = catchUpInSteps(this.#reading, way)
      .catch((error: unknown) => {
        this.#ports.onTrouble(error);
        return 0;
      })
      .finally(() => {
        this.#steps = undefined;
      });
    return { changed: this.#steps };
  }

  /** Whether what the mirror holds beyond its commit, from a reading that was cut off, is on the branch still. */
  async #isWhole({ towards }: Covered, tip: string | null): Promise<boolean> {
    if (towards === undefined) return true;
    const { clone } = this.#ports;
    return (
      tip !== null &&
      (await resolveIn(clone, towards)) !== null &&
      (await isAncestor(clone.git, towards, tip))
    );
  }

  #attribute(): void {
    const { clone, mirror, onAttributed, onTrouble } = this.#ports;
    const { signal } = this.#abort;
    this.#isAttributing = true;
    this.#attributing = this.#attributing
      .then(() => {
        this.#noteAttribution(false);
        return attribute(clone, mirror, signal);
      })
      .then(() => {
        if (!signal.aborted) this.#noteAttribution(true);
        onAttributed();
      })
      .catch(onTrouble);
  }

  /** Goes on looking for commits where the end of the program cut that off. */
  #goOnAttributing(): void {
    if (this.#covered()?.unattributed && !this.#isAttributing) this.#attribute();
  }

  #noteAttribution(isDone: boolean): void {
    const { clone, mirror } = this.#ports;
    const covered = this.#covered();
    if (!covered) return;
    const { unattributed: _, ...rest } = covered;
    mirror.cover(clone.name, isDone ? rest : { ...rest, unattributed: true });
  }

  #covered = (): Covered | undefined => this.#ports.mirror.covered(this.#ports.clone.name);
}

const read = (changed: number): Reconciled => ({ changed: Promise.resolve(changed) });
