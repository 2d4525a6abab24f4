import type { Held } from '../../async/mutex.ts';
import { isBesideOurs } from '../../clone/beside-ours.ts';
import { branchRef, type Clone, resolveIn } from '../../clone/clone.ts';
import { checkSide } from '../../clone/rewritten.ts';
import { isAncestor } from '../../git/refs.ts';
import { diffTrees, journalsOf } from '../../git/tree.ts';
import { ATTACHMENT_FOLDER, JOURNAL_FOLDER } from '../../journal/path.ts';
import type { Covered } from '../../mirror/covered.ts';
import type { Database } from '../../mirror/database.ts';
import { restoreDropped } from '../follow/restore-dropped.ts';
import { attribute } from './attribute.ts';
import { catchUp, noteReading, type Reading, takeTip, type Way } from './catch-up.ts';
import type { EntryChange } from './mirror-lines.ts';
import { rebuild } from './rebuild.ts';
import { catchUpInSteps } from './steps.ts';

/** The result of a move of the branch that was not a capture of ours. */
export interface Reconciled {
  /** Resolves to how many messages changed, once all of them are read. */
  readonly changed: Promise<number>;
}

/**
 * Who moved the branch. `anybody`: a person's git, which may have dropped or lost lines by mistake. `choice`: a
 * person chose where the branch is, so lost lines are intended. `syncedTo`: a sync of ours moved it from the tip we
 * knew to one that has everything.
 */
export type Mover = 'anybody' | 'choice' | { readonly syncedTo: string };

export interface ReconcilerPorts {
  readonly clone: Clone;
  readonly mirror: Database;
  /** The commits that index and work tree were last brought to, newest first. */
  readonly followed: () => Promise<readonly (string | null)[]>;
  readonly onChanges: (changes: readonly EntryChange[]) => void;
  readonly isAnnounced: Reading['isAnnounced'];
  readonly filler: Reading['filler'];
  readonly onRewritten: () => void;
  /** Called when commits of lines were found that were unknown before. */
  readonly onAttributed: () => void;
  readonly onTrouble: (error: unknown) => void;
}

/** A change of more journal files than this is read in steps, while captures continue. */
const MANY_FILES = 64;

/**
 * Makes the mirror agree with a clone's branch. Our own writes are recognised by where the branch is, not by a flag:
 * the mirror already covers them.
 */
export class Reconciler {
  readonly #ports: ReconcilerPorts;
  readonly #reading: Reading;
  readonly #abort = new AbortController();
  /** The reading in steps, while one is in progress. */
  #steps: Promise<number> | undefined;
  #attributing: Promise<void> = Promise.resolve();
  /** Whether this process has started to look for commits. It then continues until it has finished. */
  #isAttributing = false;

  constructor(ports: ReconcilerPorts) {
    this.#ports = ports;
    const { clone, mirror, onChanges, isAnnounced, filler } = ports;
    const onUnattributed = () => this.#attribute();
    const { signal } = this.#abort;
    this.#reading = { clone, mirror, onChanges, isAnnounced, filler, onUnattributed, signal };
  }

  /** Whether the mirror agrees with a commit of the branch, or will when the current reading is done. */
  covers(tip: string | null): boolean {
    const covered = this.#covered();
    if (covered?.branch !== this.#ports.clone.settings.branch) return false;
    return covered.towards === undefined
      ? covered.head === tip
      : covered.towards === tip && this.#steps !== undefined;
  }

  /**
   * Makes the mirror agree with the branch. `undefined` if it already does. If someone moves the branch again in the
   * meantime, that is left to the next run.
   */
  async run(held: Held, by: Mover = 'anybody'): Promise<Reconciled | undefined> {
    const { clone, onRewritten } = this.#ports;
    if (by === 'anybody' && (await this.#stepOver(held))) return read(0);
    const tip = await this.#tip(held, by);
    if (this.covers(tip)) {
      if (clone.tip !== tip) await takeTip(clone, held, tip);
      this.#goOnAttributing();
      return undefined;
    }
    // A reading in progress is finished first, because the next one starts from its result.
    await this.#steps;
    const covered = this.#covered();
    const last = covered?.branch === clone.settings.branch ? covered.head : null;
    if (by === 'anybody' && (await checkSide(clone, 'branch', tip, last))) onRewritten();
    const reconciled = await this.#read(held, covered, tip);
    this.#goOnAttributing();
    return reconciled;
  }

  /** Stops a reading in steps. The next start continues it. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#steps;
    await this.#attributing;
  }

  /** Takes note of commits that left our folders as they are. Returns false if the branch has to be read. */
  async #stepOver(held: Held): Promise<boolean> {
    const { clone, mirror } = this.#ports;
    const covered = this.#covered();
    const isAtTip = covered !== undefined && covered.towards === undefined && this.covers(clone.tip);
    // After a sync, a commit made from an older index may have dropped any file, not only ours.
    if (!isAtTip || covered.head === null || clone.syncMoves.length > 0) return false;
    const tip = await resolveIn(clone, branchRef(clone));
    if (tip === null || tip === covered.head || !(await isBesideOurs(clone, covered.head, tip))) return false;
    clone.movedTo(held, tip, clone.isUnsafe);
    mirror.cover(clone.name, { ...covered, head: tip });
    this.#goOnAttributing();
    return true;
  }

  /** The commit that the mirror has to agree with. */
  async #tip(held: Held, by: Mover): Promise<string | null> {
    const { clone, followed } = this.#ports;
    const was = this.#covered();
    if (by === 'anybody') return restoreDropped(clone, held, followed, was?.towards ?? was?.head ?? null);
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
    noteReading(this.#reading, covered, tip);
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

  /**
   * Whether the mirror holds only lines that are still on the branch, including those of an interrupted reading
   * beyond the commit it covers.
   */
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

  /** Continues to look for commits if the end of the program interrupted that. */
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
