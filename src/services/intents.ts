import { Low } from 'lowdb';
import { VerifiedFile } from '../mirror/files/verified-file.ts';

type Stored = Record<string, readonly string[]>;

const KEPT = 1000;

/**
 * Remembers which repositories a message was meant for if its first attempt did not reach all of them. A repeated
 * request then continues where the first one stopped, even after a restart.
 */
export class Intents {
  readonly #low: Low<Stored>;
  readonly #onTrouble: (error: unknown) => void;

  private constructor(low: Low<Stored>, onTrouble: (error: unknown) => void) {
    this.#low = low;
    this.#onTrouble = onTrouble;
  }

  /**
   * @param onTrouble called if they cannot be written, for example because the disk is full; then they are only known
   *   until the process ends
   */
  static async open(path: string, onTrouble: (error: unknown) => void): Promise<Intents> {
    const low = new Low<Stored>(new VerifiedFile<Stored>(path), {});
    await low.read();
    return new Intents(low, onTrouble);
  }

  /** The repositories that a message was meant for; `undefined` if its first attempt reached all of them. */
  of(id: string): readonly string[] | undefined {
    return Object.hasOwn(this.#low.data, id) ? this.#low.data[id] : undefined;
  }

  /** Remembers the repositories that a message is meant for. */
  async remember(id: string, repositories: readonly string[]): Promise<void> {
    const others = Object.entries(this.#low.data).filter(([other]) => other !== id);
    this.#low.data = Object.fromEntries([...others.slice(1 - KEPT), [id, repositories]]);
    await this.#low.write().catch(this.#onTrouble);
  }

  /** The message has reached all of them. */
  async forget(id: string): Promise<void> {
    if (this.of(id) === undefined) return;
    this.#low.data = Object.fromEntries(Object.entries(this.#low.data).filter(([other]) => other !== id));
    await this.#low.write().catch(this.#onTrouble);
  }
}
