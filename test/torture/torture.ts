import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Api, apiAt, expected } from '../support/api.ts';
import { leftOversIn } from '../support/clone-state.ts';
import { bareRepository, cloneOf, git } from '../support/git.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { lineOf } from '../support/journal.ts';
import { missingOnBranch, notDownloaded } from '../support/judge-files.ts';
import { type GitpostProcess, launch, startProcess } from '../support/process.ts';
import { commandOf, killTogether, processesIn, seesProcesses, signal } from '../support/processes.ts';
import { Random } from '../support/random.ts';
import { eventually } from '../support/wait.ts';
import { add, type TortureCount } from './count.ts';
import { judge } from './judge.ts';
import { type Asked, Writers } from './writers.ts';

const OWN = 'own';
const SHARED = 'shared';
const NAMES = [SHARED, OWN] as const;
const USUAL_START_MS = 700;
const PROMISE_LIMIT_MS = 10_000;

/**
 * Kills one gitpost so many times while it works with two repositories, one of which it shares with somebody else by a
 * server. Judges after each restart that what was answered is there, once, under the commits and with the files that
 * were answered, and that nothing is left over.
 */
export async function torture(folder: string, kills: number, seed: number, count: TortureCount) {
  const server = await startGitServer({ root: join(folder, 'server') });
  try {
    await server.createRepository('ann/shared');
    const run = new Run(folder, server, new Random(seed), count);
    await run.begin();
    for (let n = 0; n < kills; n += 1) await run.life();
    await run.finish();
  } finally {
    await server.close();
  }
}

class Run {
  readonly #place: string;
  readonly #other: string;
  readonly #server: GitServer;
  readonly #random: Random;
  readonly #count: TortureCount;
  readonly #writers: Writers;
  readonly #fromOutside = new Set<string>();
  readonly #added: string[] = [];
  readonly #all: Asked[] = [];
  #gitpost: GitpostProcess | undefined;
  /** How much slower than an idle machine this one is, so that a busy one gets as far before each kill. */
  #pace = 1;

  constructor(folder: string, server: GitServer, random: Random, count: TortureCount) {
    this.#place = join(folder, 'place');
    this.#other = join(folder, 'other');
    this.#server = server;
    this.#random = random;
    this.#count = count;
    this.#writers = new Writers(NAMES, random, count);
  }

  async begin(): Promise<void> {
    await mkdir(this.#place);
    await cloneOf(`${this.#server.url}/ann/shared.git`, this.#other);
    await this.#pushFromOutside();
  }

  /** One life: some work and a kill, or a start and a kill; then a start that is judged, and works on. */
  async life(): Promise<void> {
    const scene = this.#random.next();
    if (scene < 0.2) await this.#killAtStart();
    else await this.#killAtWork(scene < 0.45);
    // Often at once, while git's own processes may still be at it.
    if (this.#random.next() < 0.3) await delay(this.#random.next() * 1000);
    const asked = this.#writers.taken();
    this.#all.push(...asked);
    await this.#judge(asked);
  }

  /** In the end everything is synced, and the remotes hold all of it. Then `data/` is deleted, and all is there again. */
  async finish(): Promise<void> {
    await this.#judgeAll();
    expect((await (await this.#running()).stop()).code).toBe(0);
    expect(await leftOversIn(this.#place)).toEqual([]);

    this.#gitpost = undefined;
    await rm(join(this.#place, 'data'), { recursive: true });
    await this.#judgeAll();
    expect((await (await this.#running()).stop()).code).toBe(0);
  }

  async #judgeAll(): Promise<void> {
    const api = apiAt((await this.#running()).url);
    for (const name of NAMES) await this.#judgeRemote(api, name);
    // After the mirror was made anew, the ids of commits come a little later.
    await eventually(async () => {
      await this.#judge(this.#all);
      return true;
    });
    const shown = (await api.messages()).map(({ id }) => id);
    expect(new Set(shown).size).toBe(shown.length);
    for (const id of this.#fromOutside) expect(shown).toContain(id);
    expect(await notDownloaded(api)).toEqual([]);
    const verified = expected<{ status: string }>(await api.get('/verify'), 200);
    expect(verified.status, JSON.stringify(verified, null, 2)).toBe('ok');
  }

  async #judgeRemote(api: Api, name: (typeof NAMES)[number]): Promise<void> {
    const result = await api.sync('push', name);
    expect(['pushed', 'up-to-date'], JSON.stringify(result)).toContain(result.status);
    const remote =
      name === SHARED ? this.#server.repository('ann/shared') : join(this.#place, `data/remotes/${OWN}.git`);
    expect(await git(remote, 'rev-parse', 'main')).toBe(await git(this.#clone(name), 'rev-parse', 'main'));
    await git(remote, 'fsck', '--strict');
    expect(await missingOnBranch(remote)).toEqual([]);
  }

  #clone = (name: string) => join(this.#place, 'repos', name);

  async #judge(asked: readonly Asked[]): Promise<void> {
    await judge(apiAt((await this.#running()).url), asked, this.#clone);
  }

  #options() {
    const env = {
      REPOSITORY_NAME: `${this.#server.url}/ann/shared.git`,
      REPOSITORIES: OWN,
      AUTHOR_NAME: 'Ann',
      LOG_LEVEL: 'silent',
    };
    return { folder: this.#place, env };
  }

  /** The gitpost that runs, or a new one. */
  async #running(): Promise<GitpostProcess> {
    if (this.#gitpost) return this.#gitpost;
    const begin = Date.now();
    this.#gitpost = await startProcess(this.#options());
    this.#pace = Math.max(1, (Date.now() - begin) / USUAL_START_MS);
    return this.#gitpost;
  }

  async #killAtStart(): Promise<void> {
    await this.#end();
    const { child, exited } = await launch(this.#options());
    await delay(this.#random.next() * 900 * this.#pace);
    this.#kill(child.pid as number, 'start');
    await exited;
  }

  async #end(): Promise<void> {
    this.#gitpost?.kill('SIGKILL');
    await this.#gitpost?.exited;
    this.#gitpost = undefined;
  }

  async #killAtWork(long: boolean): Promise<void> {
    const gitpost = await this.#running();
    const api = apiAt(gitpost.url);
    let over = false;
    const isOver = () => over;
    const promised = this.#writers.nextPromise();
    const work = Array.from({ length: this.#random.between(1, 8) }, () => this.#writers.write(api, isOver));
    if (this.#random.next() < 0.6) work.push(this.#writers.sync(api, isOver));
    if (this.#random.next() < 0.5) work.push(this.#pushFromOutside());
    if (this.#random.next() < 0.05) void this.#add(api).catch(() => undefined);
    // Mostly, but not always, some of the work is done by then, however slow the machine is.
    if (this.#random.next() < 0.8) await Promise.race([promised, delay(PROMISE_LIMIT_MS)]);
    await delay(this.#random.next() * (long ? 3000 : 900) * this.#pace);
    const isForGit = this.#random.next() < 0.15 && this.#killGit();
    if (isForGit) await delay(this.#random.next() * 500);
    this.#kill(gitpost.pid, 'work');
    over = true;
    await this.#end();
    await Promise.all(work);
  }

  /** Kills one git of gitpost's, as a machine without memory does; gitpost itself goes on for a while. */
  #killGit(): boolean {
    const gits = processesIn(join(this.#place, 'repos'));
    if (gits.length === 0) return false;
    const pid = this.#random.oneOf(gits);
    this.#noteUnderWay([pid]);
    signal(pid, 'SIGKILL');
    add(this.#count.kills, 'one git');
    return true;
  }

  #kill(pid: number, when: string): void {
    const gits = () => [
      ...processesIn(join(this.#place, 'repos')),
      ...processesIn(join(this.#place, 'data/remotes')),
    ];
    this.#noteUnderWay(gits());
    for (const request of this.#writers.underWay) add(this.#count.underWay, request);
    const withGit = seesProcesses && this.#random.next() < 0.5;
    if (withGit) killTogether(() => [pid, ...gits()]);
    else signal(pid, 'SIGKILL');
    if (withGit) this.#noteLocks();
    add(this.#count.kills, `${when}, ${withGit ? 'with all git' : 'alone'}`);
  }

  #noteLocks(): void {
    const left = readdirSync(this.#place, { recursive: true }) as string[];
    // The locks of folders are gitpost's own, and not git's.
    const locks = left.filter((path) => path.endsWith('.lock') && !path.endsWith('.gitpost.lock'));
    for (const path of locks) add(this.#count.locksLeft, path.replace(/^(repos|data\/remotes)\/[^/]+\//, ''));
  }

  #noteUnderWay(pids: readonly number[]): void {
    for (const pid of pids) {
      const verb = / ([a-z][a-z-]+)(?= |$)/.exec(commandOf(pid).replaceAll(/ -c \S+/g, ''))?.[1];
      if (verb !== undefined && !LONG_LIVED.has(verb)) add(this.#count.underWay, `git ${verb}`);
    }
  }

  /** A repository more, so that clones are being made when it ends; those that came about stay empty. */
  async #add(api: Api): Promise<void> {
    const name = `added-${this.#added.length}`;
    const path = join(this.#place, `${name}.git`);
    await bareRepository(path);
    this.#added.push(name);
    await this.#writers.ask('add', () => api.send('POST', '/repositories', { json: { url: path } }));
  }

  /** Somebody else captures to the shared repository and pushes. */
  async #pushFromOutside(): Promise<void> {
    const id = randomUUID();
    const file = 'messages/2026-10/else.2026-10-01.jsonl';
    await git(this.#other, 'pull', '-q', '--no-rebase', 'origin', 'main').catch(() => undefined);
    await mkdir(dirname(join(this.#other, file)), { recursive: true });
    await appendFile(join(this.#other, file), `${lineOf({ id, text: 'From outside' })}\n`);
    await git(this.#other, 'add', file);
    await git(this.#other, 'commit', '-q', '-m', 'From outside');
    // Where gitpost was quicker, it goes with the next one.
    await git(this.#other, 'push', '-q', 'origin', 'HEAD:main').catch(() => undefined);
    this.#fromOutside.add(id);
  }
}

const LONG_LIVED = new Set(['cat-file', 'fast-import', 'update-ref']);
