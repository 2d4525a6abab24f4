import { Mutex } from '../async/mutex.ts';
import { LineReader } from './line-reader.ts';
import { resolve } from './refs.ts';
import { type GitContext, GitHung, GitProcess } from './run.ts';

/**
 * Moves refs through one long-lived `git update-ref`, one at a time. Branches are moved by compare-and-swap, so
 * someone else's move is never undone. Refs that only gitpost uses are set regardless of where they were.
 */
export class RefMover {
  readonly #context: GitContext;
  readonly #turns = new Mutex();
  #process: ReturnType<typeof startUpdate> | undefined;

  constructor(context: GitContext) {
    this.#context = context;
  }

  /**
   * Resolves to whether the branch was at `from` (`null`: did not exist) and is now at `to`, durably. Rejects with a
   * {@link GitHung} if two processes in a row hung.
   */
  move(branch: string, from: string | null, to: string): Promise<boolean> {
    return this.#turns.run(() => this.#move(`refs/heads/${branch}`, from, to));
  }

  /** Sets a ref that only gitpost uses, regardless of where it was. Resolves to whether it is at `to` now. */
  note(ref: string, to: string): Promise<boolean> {
    return this.#turns.run(() => this.#move(ref, undefined, to));
  }

  async #move(ref: string, from: string | null | undefined, to: string): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#process ??= startUpdate(this.#context);
        await this.#process.move(ref, from === null ? '0'.repeat(to.length) : from, to);
        return true;
      } catch (error) {
        // A refusal ends the process. What counts is where the branch is now, since it may have been moved after all.
        const ending = this.close();
        // Another try follows in a moment, and is more likely to be in time if it does not have to start a process.
        this.#process = startUpdate(this.#context);
        await ending;
        if ((await resolve(this.#context, ref)) === to) return true;
        if (!(error instanceof GitHung)) return false;
        if (attempt === 2) throw error;
      }
    }
  }

  /** Lets the next move start another process. */
  renew(): Promise<void> {
    return this.#turns.run(() => this.close());
  }

  /** Resolves when its process has ended. The next move starts another one. */
  async close(): Promise<void> {
    const ending = this.#process?.end();
    this.#process = undefined;
    await ending;
  }
}

function startUpdate(context: GitContext) {
  const git = new GitProcess(context, ['update-ref', '--stdin', '-m', 'gitpost'], { stays: true });
  const lines = new LineReader(git);
  return {
    async move(ref: string, from: string | undefined, to: string): Promise<void> {
      git.write(`start\nupdate ${ref} ${to}${from === undefined ? '' : ` ${from}`}\ncommit\n`);
      for (const expected of ['start: ok', 'commit: ok']) {
        const line = await lines.next();
        if (line !== expected) throw new Error(`git update-ref answered ${JSON.stringify(line)}`);
      }
    },
    end: () => git.stop(),
  };
}
