declare const held: unique symbol;

/**
 * Proof that a mutex is held. A function that may only run while it is held takes one as a parameter, so it cannot be
 * called without. Only a {@link Mutex} hands one out, and it is meaningless once the task has ended.
 */
export interface Held {
  readonly [held]: true;
}

/**
 * Runs tasks one after the other, in the order in which they were added. Not re-entrant: a task must not run another
 * one on the same mutex.
 */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Whether another task is waiting for the current one. */
  get isWanted(): boolean {
    return this.#waiting > 0;
  }

  run<Value>(task: (held: Held) => Promise<Value>): Promise<Value> {
    this.#waiting += 1;
    const result = this.#last.then(() => {
      this.#waiting -= 1;
      return task({} as Held);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** A {@link Mutex} for each key, which only exists while it is in use. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();

  run<Value>(key: string, task: () => Promise<Value>): Promise<Value> {
    const result = (this.#last.get(key) ?? Promise.resolve()).then(task);
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(key) === settled) this.#last.delete(key);
      });
    this.#last.set(key, settled);
    return result;
  }
}
