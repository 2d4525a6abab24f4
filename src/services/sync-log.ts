import type { SyncResult } from '../contract/repository.ts';
import { isFailure } from '../domain/repository.ts';

/** A line for the log about syncing a repository. */
export interface SyncNote {
  readonly level: 'warn' | 'info';
  readonly message: string;
  readonly fields: Pick<SyncResult, 'repository' | 'status'> & Partial<Pick<SyncResult, 'detail' | 'action'>>;
}

const AGAIN_MS = 60 * 60_000;

/**
 * Logs when syncing a repository starts to fail, fails for another reason, still fails an hour later, or works again.
 * A machine without a screen has no other way to report it.
 */
export class SyncLog {
  readonly #write: (note: SyncNote) => void;
  readonly #now: () => number;
  readonly #failing = new Map<string, { readonly reason: string; readonly at: number }>();

  constructor(write: (note: SyncNote) => void, now: () => number = Date.now) {
    this.#write = write;
    this.#now = now;
  }

  /** Takes the result of a sync, and logs it if it is news. */
  heard({ repository, status, detail, action }: SyncResult): void {
    const before = this.#failing.get(repository);
    if (!isFailure(status)) {
      const wasFailing = this.#failing.delete(repository);
      if (wasFailing)
        this.#write({ level: 'info', message: 'syncing works again', fields: { repository, status } });
      return;
    }
    // The same trouble has the same advice. Its details, such as times, may differ.
    const reason = `${status} ${action}`;
    const now = this.#now();
    // A clock that was set back must not silence it.
    const isNews = before?.reason !== reason || Math.abs(now - before.at) >= AGAIN_MS;
    if (!isNews) return;
    this.#failing.set(repository, { reason, at: now });
    const message = before?.reason === reason ? 'syncing still fails' : 'syncing failed';
    this.#write({ level: 'warn', message, fields: { repository, status, detail, action } });
  }
}
