/** Keeps track of running work, so its end can be awaited. */
export class Tasks {
  readonly #running = new Set<Promise<unknown>>();

  run<Value>(work: () => Promise<Value>): Promise<Value> {
    const running = work();
    const settled = running
      .catch(() => undefined)
      .finally(() => {
        this.#running.delete(settled);
      });
    this.#running.add(settled);
    return running;
  }

  /** Resolves when nothing is running any more. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
