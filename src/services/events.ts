import type { GitpostEvent } from '../contract/events.ts';

export interface NumberedEvent {
  /** `<run>-<number>`. The run identifies the process, since numbers start again with each. */
  readonly id: string;
  readonly event: GitpostEvent;
}

const KEPT_EVENTS = 1000;

/** Passes events to all listeners and keeps the most recent ones, so a reader that was disconnected misses nothing. */
export class Events {
  readonly #run = Date.now().toString(36);
  readonly #listeners = new Set<(event: NumberedEvent) => void>();
  #kept: NumberedEvent[] = [];
  #last = 0;

  /** Numbers an event, keeps it and passes it to all listeners. */
  publish(event: GitpostEvent): void {
    this.#last += 1;
    const numbered = { id: `${this.#run}-${this.#last}`, event };
    this.#kept.push(numbered);
    if (this.#kept.length > 2 * KEPT_EVENTS) this.#kept = this.#kept.slice(-KEPT_EVENTS);
    for (const listener of this.#listeners) listener(numbered);
  }

  /** Passes every event from now on to a listener, until the returned function is called. */
  subscribe(listener: (event: NumberedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The id of the newest event, which is where a new reader starts. */
  get lastId(): string {
    return `${this.#run}-${this.#last}`;
  }

  /** All events after the one with an id, or `undefined` if it is too old or of another run. */
  since(id: string): readonly NumberedEvent[] | undefined {
    if (id === this.lastId) return [];
    const index = this.#kept.findIndex((kept) => kept.id === id);
    if (index !== -1) return this.#kept.slice(index + 1);
    return id === `${this.#run}-0` && this.#kept[0]?.id === `${this.#run}-1` ? this.#kept.slice() : undefined;
  }
}
