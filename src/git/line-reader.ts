import { GitError, type GitProcess } from './process.ts';

/**
 * Reads the answers of a long-lived git process line by line. If the process ends, everyone who is waiting gets an
 * error.
 */
export class LineReader {
  readonly #git: GitProcess;
  readonly #ready: string[] = [];
  #rest = '';
  #stderr = '';
  #ended: Error | undefined;
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;

  constructor(git: GitProcess) {
    this.#git = git;
    git.onOutput((chunk) => this.#take(chunk.toString('latin1')));
    git.onWords((words) => {
      this.#stderr = (this.#stderr + words).slice(-4096);
    });
    git.onEnd((end) => {
      const error = end instanceof Error ? end : new GitError(git.command, { ...end, stderr: this.#stderr });
      this.#end(error);
    });
  }

  /**
   * The next line without its line end, as ASCII. Rejects once the process has ended, and with a `GitHung` if it does
   * nothing for too long.
   */
  next(): Promise<string> {
    const line = this.#ready.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.reject(this.#ended);
    return this.#git.wait(
      new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
      }),
    );
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    this.#ready.push(...parts);
    const waiting = this.#waiting;
    const line = waiting ? this.#ready.shift() : undefined;
    if (!waiting || line === undefined) return;
    this.#waiting = undefined;
    waiting.resolve(line);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
  }
}
