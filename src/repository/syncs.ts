import type { Clone } from '../clone/clone.ts';
import { renewOwnRemote } from '../clone/opening.ts';
import { isRewritten } from '../clone/rewritten.ts';
import type { SyncResult } from '../contract/repository.ts';
import type { SyncGoal, Target, Trouble } from '../domain/repository.ts';
import { writeSettings } from '../git/clone.ts';
import { writeCommitGraph } from '../git/refs.ts';
import type { Network } from '../git/remote.ts';
import type { Database } from '../mirror/database.ts';
import type { Capturer } from './capture/capture.ts';
import { completeLines } from './capture/completion.ts';
import type { Condition } from './condition.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import { failedSync, surpriseTrouble, toResult } from './sync/outcome.ts';
import type { RemoteView } from './sync/remote-view.ts';
import { type Synced, type SyncPort, syncClone } from './sync/sync.ts';
import { SyncQueue } from './sync/sync-queue.ts';

export interface SyncsPorts {
  readonly clone: Clone;
  readonly target: Target;
  readonly condition: Condition;
  readonly remote: RemoteView;
  readonly reconciler: Reconciler;
  readonly capturer: Capturer;
  readonly mirror: Database;
  readonly network: (onProgress: Network['onProgress']) => Network;
  readonly onProgress: (stage: string, percent: number) => void;
  /** Resolves when a sync can begin. */
  readonly ready: () => Promise<void>;
  /** Aborts all syncs. */
  readonly signal: AbortSignal;
  /** Clone and remote may have moved. The argument says whether the sync succeeded. */
  readonly onSynced: (succeeded: boolean) => void;
  /** Called with the result of each sync, no matter who requested it. */
  readonly onOutcome: (result: SyncResult) => void;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * If more commits than this are to come in, a commit-graph is written first, so captures don't have to wait while git
 * walks the history.
 */
const MANY_COMMITS = 1000;

/** The syncs of one repository, one at a time, and their effect on its state. */
export class Syncs {
  readonly #ports: SyncsPorts;
  readonly #queue: SyncQueue;

  constructor(ports: SyncsPorts) {
    this.#ports = ports;
    this.#queue = new SyncQueue(ports.ready, (goal) => this.#sync(goal));
  }

  /** Syncs clone and remote; see {@link SyncQueue}. */
  run(goal: SyncGoal): Promise<SyncResult> {
    return this.#queue.run(goal);
  }

  /** First contact with the remote. Must not run alongside a sync: syncs only begin once it is done. */
  async meet(): Promise<void> {
    this.#noteOutcome(await this.#syncNow('pull'));
  }

  /** Resolves when the requested syncs have ended. */
  ended(): Promise<void> {
    return this.#queue.ended();
  }

  async #sync(goal: SyncGoal): Promise<SyncResult> {
    const { clone, condition, onTrouble, signal } = this.#ports;
    if (signal.aborted) return this.#failed(CLOSING, clone.tip);
    const result = await this.#syncNow(goal).catch((error: unknown) => {
      onTrouble(error);
      condition.failed(surpriseTrouble(error));
      return this.#failed(surpriseTrouble(error), clone.tip);
    });
    this.#noteOutcome(result);
    return result;
  }

  async #syncNow(goal: SyncGoal): Promise<SyncResult> {
    const { clone, target, condition, remote, onSynced, onTrouble } = this.#ports;
    const absent = condition.broken ?? (await condition.whyAbsent());
    if (absent) return this.#failed(absent, null);
    await renewOwnRemote(clone, target);
    const synced = await syncClone(this.#port(), goal).catch((error: unknown): Synced => {
      onTrouble(error);
      return failedSync(surpriseTrouble(error));
    });
    await remote.refresh();
    if (synced.trouble) condition.failed(synced.trouble);
    else await this.#succeeded();
    onSynced(synced.trouble === undefined);
    return toResult(clone.name, synced, clone.tip);
  }

  #port(): SyncPort {
    const { clone, target, remote, reconciler, capturer, mirror, network, onProgress, signal } = this.#ports;
    return {
      clone,
      url: target.url,
      network: { ...network(onProgress), signal },
      reconcile: (held, by) => reconciler.run(held, by),
      complete: () => completeLines(mirror, clone.name, (line) => capturer.capture(line, { inBulk: true })),
      refreshRemote: () => remote.refresh(),
      prepareJoin: async () => {
        if (remote.behind > MANY_COMMITS) await writeCommitGraph(clone.git);
      },
    };
  }

  async #succeeded(): Promise<void> {
    const { clone, condition } = this.#ports;
    if (!(await isRewritten(clone))) await this.#noteTime();
    await condition.settled();
  }

  async #noteTime(): Promise<void> {
    const { clone, onTrouble } = this.#ports;
    const lastSync = new Date().toISOString();
    // The sync succeeded even if this cannot be written, for example because another git holds the lock of its
    // config.
    await writeSettings(clone.git, { lastSync }).catch(onTrouble);
    clone.synced(lastSync);
  }

  #failed(trouble: Trouble, head: string | null): SyncResult {
    return toResult(this.#ports.clone.name, failedSync(trouble), head);
  }

  /** A sync that is aborted because the program ends is not a failure. */
  #noteOutcome(result: SyncResult): void {
    const { condition, onOutcome, signal } = this.#ports;
    if (!signal.aborted && !condition.isReplaced) onOutcome(result);
  }
}

const CLOSING: Trouble = {
  status: 'failed',
  detail: 'The repository was renamed or removed, or gitpost ended, while it was being synced.',
  action: 'Nothing is lost: sync again.',
};
