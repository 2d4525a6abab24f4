import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Answer, type Api, apiAt, type Message, type RepositoryStatus, type SyncResult } from './api.ts';
import { leftOversIn, locksIn, statusOf } from './clone-state.ts';
import { bareRepository, cloneOf, git } from './git.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { journalLines, lineOf } from './journal.ts';
import { type GitpostProcess, launch, startProcess } from './process.ts';
import { commandOf, killTogether, processesIn, seesProcesses, signal } from './processes.ts';
import { eventually } from './wait.ts';

/** What was counted while gitpost was killed again and again. */
export interface TortureCount {
  kills: Record<string, number>;
  /** Answers that promise something: 201, 200 of an edit, 204. */
  promised: Record<string, number>;
  /** Requests that got no answer. */
  unanswered: number;
  /** Answers that refuse, by status. */
  refused: Record<string, number>;
  syncs: Record<string, number>;
  /** What was running when it was killed. */
  underWay: Record<string, number>;
  locksLeft: Record<string, number>;
}

/** A revision that was promised, or only asked for. */
interface Revision {
  readonly id: string;
  readonly text: string;
  readonly isDelete: boolean;
  /** Where the answer said that it is; `undefined` where there was no answer. */
  readonly commits: ReadonlyMap<string, string> | undefined;
}

const OWN = 'own';
const SHARED = 'shared';
const NAMES = [SHARED, OWN] as const;

/** A repeatable chance: numbers from 0 up to 1. */
export type Chance = () => number;

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const newCount = (): TortureCount => ({
  kills: {},
  promised: {},
  unanswered: 0,
  refused: {},
  syncs: {},
  underWay: {},
  locksLeft: {},
});

/**
 * Kills one gitpost so many times while it works with two repositories, one of which it shares with somebody else by a
 * server, and judges after each restart that what was answered is there, once, under the commits that were told, and
 * that nothing is left over.
 */
export async function torture(folder: string, kills: number, chance: Chance, count: TortureCount) {
  const server = await startGitServer({ root: join(folder, 'server') });
  try {
    await server.createRepository('ann/shared');
    const run = new Run(folder, server, chance, count);
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
  readonly #chance: Chance;
  readonly #count: TortureCount;
  readonly #ids: string[] = [];
  readonly #fromOutside = new Set<string>();
  readonly #added: string[] = [];
  #asked: Revision[] = [];
  #all: Revision[] = [];
  #pending = new Map<string, number>();
  #lines = 0;
  #gitpost: GitpostProcess | undefined;

  constructor(folder: string, server: GitServer, chance: Chance, count: TortureCount) {
    this.#place = join(folder, 'place');
    this.#other = join(folder, 'other');
    this.#server = server;
    this.#chance = chance;
    this.#count = count;
  }

  async begin(): Promise<void> {
    await mkdir(this.#place);
    await cloneOf(`${this.#server.url}/ann/shared.git`, this.#other);
    await this.#pushFromOutside();
  }

  /** One life: some work and a kill, or a start and a kill; then a start that is judged, and works on. */
  async life(): Promise<void> {
    this.#asked = [];
    const scene = this.#chance();
    if (scene < 0.2) await this.#killAtStart();
    else await this.#killAtWork(scene < 0.45);
    // Often at once, while git's own processes may still be at it.
    if (this.#chance() < 0.3) await delay(this.#chance() * 1000);
    await this.#judge(apiAt((await this.#running()).url));
  }

  /** In the end everything is synced, and the remotes hold all of it. */
  async finish(): Promise<void> {
    const gitpost = await this.#running();
    const api = apiAt(gitpost.url);
    for (const name of NAMES) {
      const result = await api.sync('push', name);
      expect(['pushed', 'up-to-date'], JSON.stringify(result)).toContain(result.status);
      const remote =
        name === SHARED
          ? this.#server.repository('ann/shared')
          : join(this.#place, `data/remotes/${OWN}.git`);
      expect(await git(remote, 'rev-parse', 'main')).toBe(await git(this.#clone(name), 'rev-parse', 'main'));
      await git(remote, 'fsck', '--strict');
    }
    this.#asked = this.#all;
    await this.#judge(api);
    const shown = (await api.messages()).map(({ id }) => id);
    expect(new Set(shown).size).toBe(shown.length);
    for (const id of this.#fromOutside) expect(shown).toContain(id);
    expect((await gitpost.stop()).code).toBe(0);
    expect(await leftOversIn(this.#place)).toEqual([]);
  }

  #clone = (name: string) => join(this.#place, 'repos', name);

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
    this.#gitpost ??= await startProcess(this.#options());
    return this.#gitpost;
  }

  async #killAtStart(): Promise<void> {
    await this.#end();
    const { child, exited } = await launch(this.#options());
    await delay(this.#chance() * 900);
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
    const writers = Array.from({ length: 1 + Math.floor(this.#chance() * 8) }, () =>
      this.#write(api, isOver),
    );
    const syncs = this.#chance() < 0.6 ? [this.#sync(api, isOver)] : [];
    const outside = this.#chance() < 0.5 ? [this.#pushFromOutside()] : [];
    if (this.#chance() < 0.05) void this.#add(api).catch(() => undefined);
    await delay(this.#chance() * (long ? 3000 : 900));
    const isForGit = this.#chance() < 0.15 && this.#killGit();
    if (isForGit) await delay(this.#chance() * 500);
    this.#kill(gitpost.pid, 'work');
    over = true;
    await this.#end();
    await Promise.all([...writers, ...syncs, ...outside]);
  }

  /** Kills one git of gitpost's, as a machine without memory does; gitpost itself goes on for a while. */
  #killGit(): boolean {
    const gits = processesIn(join(this.#place, 'repos'));
    const pid = gits[Math.floor(this.#chance() * gits.length)];
    if (pid === undefined) return false;
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
    for (const request of this.#pending.keys()) add(this.#count.underWay, request);
    const withGit = seesProcesses && this.#chance() < 0.5;
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

  async #write(api: Api, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const turn = this.#chance();
      const id = this.#ids[Math.floor(this.#chance() * this.#ids.length)];
      if (id === undefined || turn < 0.55) await this.#post(api);
      else if (turn < 0.75) await this.#edit(api, id);
      else if (turn < 0.9) await this.#delete(api, id);
      else await this.#bulk(api);
    }
  }

  #draft() {
    this.#lines += 1;
    const repositories = this.#chance() < 0.3 ? 'all' : [NAMES[this.#chance() < 0.5 ? 0 : 1] as string];
    return {
      id: randomUUID(),
      text: `Line ${this.#lines} ${'x'.repeat(this.#chance() * 300)}`,
      repositories,
    };
  }

  async #post(api: Api): Promise<void> {
    const draft = this.#draft();
    const answer = await this.#ask('POST', () => api.post(draft));
    if (answer?.status === 201) this.#promise(answer.json<Message>(), draft.text);
    else this.#note(draft.id, draft.text);
  }

  async #bulk(api: Api): Promise<void> {
    const drafts = Array.from({ length: 5 + Math.floor(this.#chance() * 60) }, () => this.#draft());
    const raw = drafts.map((draft) => JSON.stringify(draft)).join('\n');
    const headers = { 'Content-Type': 'application/x-ndjson' };
    const answer = await this.#ask('bulk', () => api.send('POST', '/messages', { raw, headers }));
    const results = (answer?.text ?? '').split('\n').filter((line) => line !== '');
    drafts.forEach((draft, index) => {
      const result = answer?.status === 200 ? JSON.parse(results[index] ?? '{}') : {};
      if (result.status === 201) this.#promise(result.message, draft.text);
      else this.#note(draft.id, draft.text);
    });
  }

  async #edit(api: Api, id: string): Promise<void> {
    this.#lines += 1;
    const text = `Edit ${this.#lines}`;
    const answer = await this.#ask('PATCH', () => api.patch(id, { text }));
    if (answer?.status === 200) this.#promise(answer.json<Message>(), text);
    else this.#note(id, text);
  }

  async #delete(api: Api, id: string): Promise<void> {
    const answer = await this.#ask('DELETE', () => api.delete(id));
    const revision = {
      id,
      text: '',
      isDelete: true,
      commits: answer?.status === 204 ? new Map() : undefined,
    };
    this.#asked.push(revision);
    if (answer?.status === 204) add(this.#count.promised, 'DELETE');
  }

  async #sync(api: Api, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const verb = this.#chance() < 0.7 ? 'push' : 'pull';
      const answer = await this.#ask(verb, () => api.send('POST', `/${verb}`, { json: {} }));
      if (answer === undefined) return;
      if (answer.status !== 200 && answer.status !== 502) continue;
      for (const { status } of answer.json<{ results: SyncResult[] }>().results) {
        add(this.#count.syncs, status);
      }
    }
  }

  /** A repository more, so that clones are being made when it ends; those that came about stay empty. */
  async #add(api: Api): Promise<void> {
    const name = `added-${this.#added.length}`;
    const path = join(this.#place, `${name}.git`);
    await bareRepository(path);
    this.#added.push(name);
    await this.#ask('add', () => api.send('POST', '/repositories', { json: { url: path } }));
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

  async #ask(what: string, request: () => Promise<Answer>): Promise<Answer | undefined> {
    this.#pending.set(what, (this.#pending.get(what) ?? 0) + 1);
    try {
      const answer = await request();
      if (answer.status >= 400) add(this.#count.refused, `${what} ${answer.status}`);
      return answer;
    } catch {
      this.#count.unanswered += 1;
      return undefined;
    } finally {
      const left = (this.#pending.get(what) ?? 1) - 1;
      if (left === 0) this.#pending.delete(what);
      else this.#pending.set(what, left);
    }
  }

  #promise(message: Message, text: string): void {
    const commits = new Map(
      message.deliveries.flatMap(({ repository, commit, state }) =>
        commit === null || state === 'outdated' ? [] : [[repository, commit] as const],
      ),
    );
    this.#asked.push({ id: message.id, text, isDelete: false, commits });
    if (message.revision === 1) this.#ids.push(message.id);
    add(this.#count.promised, message.revision === 1 ? 'POST' : 'PATCH');
  }

  #note(id: string, text: string): void {
    this.#asked.push({ id, text, isDelete: false, commits: undefined });
  }

  async #judge(api: Api): Promise<void> {
    const commits = new Map<string, Set<string>>();
    await api.messages('?limit=1');
    const { names } = await repositoriesOf(api);
    expect(names).toEqual(expect.arrayContaining([...NAMES]));
    for (const name of names) {
      const clone = this.#clone(name);
      await this.#judgeClone(clone);
      const lines = await git(clone, 'rev-list', 'main').catch(() => '');
      commits.set(name, new Set(lines.split('\n')));
    }
    for (const revision of this.#asked) await this.#judgeRevision(api, revision, commits);
    if (this.#asked !== this.#all) this.#all.push(...this.#asked);
  }

  async #judgeClone(clone: string): Promise<void> {
    // Without any commit git complains that there is nothing to look at.
    const isBorn = (await git(clone, 'for-each-ref', '--count=1')) !== '';
    // While packs are packed together, some of those that it has listed are gone.
    const check = async () => {
      await git(clone, 'fsck', '--strict', '--no-dangling');
      return true;
    };
    if (isBorn) await eventually(check);
    await eventually(async () => {
      expect(await locksIn(clone)).toEqual([]);
      expect(await statusOf(clone)).toEqual([]);
      return true;
    });
    const raws = (await journalLines(clone).catch(() => [])).map(({ raw }) => raw);
    expect(new Set(raws).size).toBe(raws.length);
  }

  async #judgeRevision(
    api: Api,
    revision: Revision,
    commits: ReadonlyMap<string, Set<string>>,
  ): Promise<void> {
    const { id, text, isDelete } = revision;
    const answer = await api.get(`/messages/${id}/history`);
    if (revision.commits === undefined && answer.status === 404) return;
    expect(answer.status, `${id} ${answer.text}`).toBe(200);
    const history =
      answer.json<
        Array<{
          text: string;
          deletedAt?: string;
          commits: Array<{ repository: string; commit: string | null }>;
        }>
      >();
    const found = history.filter((entry) => (isDelete ? entry.deletedAt !== undefined : entry.text === text));
    if (isDelete) return revision.commits && expect(found.length, id).toBeGreaterThan(0);
    expect(found.length, `${id} ${text}`).toBeLessThanOrEqual(1);
    if (revision.commits === undefined) return;
    expect(found.length, `${id} ${text}`).toBe(1);
    for (const [repository, commit] of revision.commits) {
      const here = found[0]?.commits.filter((one) => one.repository === repository);
      expect(here, `${id} in ${repository}`).toEqual([{ repository, commit }]);
      expect(commits.get(repository)?.has(commit), `${commit} in ${repository}`).toBe(true);
    }
  }
}

/** All repositories by name, and that none of them is broken. */
async function repositoriesOf(api: Api): Promise<{ names: string[] }> {
  const all = (await api.get('/repositories')).json<RepositoryStatus[]>();
  for (const { name, state, error } of all) expect(error, `${name} is ${state}`).toBeNull();
  return { names: all.map(({ name }) => name) };
}

const LONG_LIVED = new Set(['cat-file', 'fast-import', 'update-ref']);

function add(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
