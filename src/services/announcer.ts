import type { Entry } from '../mirror/entry.ts';
import { changeOf, type EntryChange } from '../repository/reconcile/mirror-lines.ts';
import type { Repository } from '../repository/repository.ts';
import { toMessage } from './delivery.ts';
import type { Events } from './events.ts';

/** What the announcer needs to know before it announces anything. */
export interface AnnouncerPorts {
  readonly events: Events;
  /** Whether mirror and clones agree. Until then, nothing that is read is news. */
  readonly isReady: () => boolean;
  /** The names of all repositories. */
  readonly names: () => readonly string[];
  readonly isPushed: (repository: string, commit: string | null) => boolean;
  /** Whether a repository is still the one of its name, and not one that was closed or is still being created. */
  readonly isCurrent: (repository: Repository) => boolean;
}

/** Publishes messages, repositories and progress to the readers of `GET /events`. */
export class Announcer {
  readonly #ports: AnnouncerPorts;

  constructor(ports: AnnouncerPorts) {
    this.#ports = ports;
  }

  /** Announces that a message was created, updated or deleted. */
  message(change: 'created' | 'updated' | 'deleted', entry: Entry): void {
    this.#ports.events.publish({ type: 'message', data: { change, message: toMessage(entry, this.#ports) } });
  }

  /** Announces messages that were not captured here, each once. */
  changes(changes: readonly EntryChange[]): void {
    for (const entryChange of changes) {
      const change = changeOf(entryChange);
      const entry = entryChange.after ?? entryChange.before;
      if (change && entry && this.#ports.isReady()) this.message(change, entry);
    }
  }

  /** Announces the status of a repository. */
  status(repository: Repository): void {
    if (!this.#ports.isCurrent(repository)) return;
    this.#ports.events.publish({ type: 'repository', data: repository.status() });
  }

  /** Announces how far a sync has got, as git's stage and percentage. */
  progress(repository: string, stage: string, percent: number): void {
    this.#ports.events.publish({ type: 'progress', data: { repository, stage, percent } });
  }
}
