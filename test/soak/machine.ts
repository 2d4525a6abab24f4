import { join } from 'node:path';
import { type Answer, type Api, apiAt, type RequestOptions } from '../support/api.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import type { Report } from './report.ts';
import { REPOSITORIES, type RepositoryName } from './repositories.ts';

/** Longer than any answer may take, a push to a remote that says nothing included. */
const ANSWER_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 10_000;

const [PRIMARY, FURTHER] = REPOSITORIES;

/** One machine of a person: a gitpost process that is killed and started again and again. */
export class Machine {
  readonly name: string;
  readonly folder: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #report: Report;
  /** Where the second repository is cloned from. */
  readonly #furtherUrl: string;
  #further: string = FURTHER;
  #process: GitpostProcess | undefined;

  constructor(
    name: string,
    folder: string,
    env: Readonly<Record<string, string>>,
    furtherUrl: string,
    report: Report,
  ) {
    this.name = name;
    this.#furtherUrl = furtherUrl;
    this.folder = folder;
    this.#env = env;
    this.#report = report;
  }

  /** The name that a repository has on this machine now. */
  nameOf(repository: RepositoryName): string {
    return repository === FURTHER ? this.#further : repository;
  }

  clone(repository: RepositoryName): string {
    return join(this.folder, 'repos', this.nameOf(repository));
  }

  /** Its API; only while it is up. */
  get api(): Api {
    return apiAt(this.#process?.url ?? '');
  }

  /** Its process id; only while it is up. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get isUp(): boolean {
    return this.#process !== undefined;
  }

  async start(): Promise<void> {
    if (this.#process) return;
    try {
      this.#process = await startProcess({
        folder: this.folder,
        env: { ...this.#env, AUTHOR_NAME: this.name },
      });
    } catch (error) {
      this.#report.complain(`${this.name} did not start: ${(error as Error).message}`);
      return;
    }
    const process = this.#process;
    void process.exited.then(({ code, signal }) => {
      if (this.#process === process) this.#report.complain(`${this.name} ended by itself: ${signal ?? code}`);
    });
    await this.findFurther();
  }

  /** Learns which name the second repository has, after a kill in the middle of a change too, or adds it. */
  async findFurther(): Promise<void> {
    const listed = await this.ask('GET', '/repositories');
    if (listed?.status !== 200) return;
    const other = listed.json<{ name: string }[]>().find(({ name }) => name !== PRIMARY);
    if (other) this.#further = other.name;
    else
      await this.ask('POST', '/repositories', {
        json: { name: this.#further, url: this.#furtherUrl, confirm: true },
      });
  }

  async renameFurther(name: string): Promise<void> {
    await this.ask('PATCH', `/repositories/${this.#further}`, { json: { name } });
    await this.findFurther();
  }

  async removeFurther(): Promise<void> {
    await this.ask('DELETE', `/repositories/${this.#further}`);
  }

  /** Ends the process as a crash would; what it started is left to itself. */
  async kill(): Promise<void> {
    const process = this.#take();
    process?.kill('SIGKILL');
    await process?.exited;
    this.#hear(process);
    this.#report.events.add('kill -9');
  }

  async terminate(): Promise<void> {
    const process = this.#take();
    if (!process) return;
    const begin = Date.now();
    const { code, signal } = await process.stop();
    const took = Date.now() - begin;
    if (code !== 0) this.#report.complain(`${this.name} ended with ${signal ?? code} after SIGTERM`);
    if (took > STOP_LIMIT_MS) this.#report.complain(`${this.name} took ${took} ms to end after SIGTERM`);
    this.#hear(process);
    this.#report.events.add('SIGTERM');
  }

  /** Sends a request and counts its answer; nothing where the process went away meanwhile. */
  async ask(method: string, path: string, options: RequestOptions = {}): Promise<Answer | undefined> {
    const process = this.#process;
    if (!process) return undefined;
    const name = `${method} ${path
      .replace(/\?.*/, '')
      .replace(/[0-9a-f-]{36}/, ':id')
      .replace(/(\/repositories)\/.*/, '$1/:name')}`;
    const answer = await within(apiAt(process.url).send(method, path, options));
    this.#report.requests.add(`${name} ${answer?.status ?? 'none'}`);
    if (!answer && this.#process === process) {
      this.#report.complain(`${this.name} gave no answer to ${name}`);
    }
    if (answer && (answer.status === 500 || (answer.status >= 400 && !answer.text.startsWith('{')))) {
      this.#report.complain(`${this.name} answered ${name} with ${answer.status}: ${answer.text}`);
    }
    return answer;
  }

  #take(): GitpostProcess | undefined {
    const process = this.#process;
    this.#process = undefined;
    return process;
  }

  /** What it said on its way is for nobody: how syncing goes, and which git was killed by us, with its launcher. */
  #hear(process: GitpostProcess | undefined): void {
    for (const line of new Set(process?.stderr().split('\n'))) {
      if (line !== '' && !/"msg":"syncing [a-z ]+"|git [a-z-]+ ended with a signal/.test(line))
        this.#report.complain(`${this.name} said: ${line}`);
    }
  }
}

async function within(answer: Promise<Answer>): Promise<Answer | undefined> {
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    late = setTimeout(() => resolve(undefined), ANSWER_LIMIT_MS);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), limit]);
  } finally {
    clearTimeout(late);
  }
}
