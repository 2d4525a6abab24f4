import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { GitError } from './run.ts';

/** Reads the answers of a git that stays, a line at a time; its end is an error for whoever waits. */
export class LineReader {
  readonly #command: string;
  readonly #ready: string[] = [];
  #rest = '';
  #stderr = '';
  #ended: Error | undefined;
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;

  constructor(child: ChildProcessWithoutNullStreams, command: string) {
    this.#command = command;
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4096);
    });
    child.on('error', (error) => this.#end(error));
    child.on('close', (code) => this.#end(new GitError(this.#command, { code, stderr: this.#stderr })));
  }

  /** The next line without its end; rejects once the process has ended. */
  next(): Promise<string> {
    const line = this.#ready.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
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
