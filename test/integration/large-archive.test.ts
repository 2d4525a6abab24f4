import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Line } from '../../src/journal/line.ts';
import { apiAt } from '../support/api.ts';
import { bareRepository, gitEnvironment } from '../support/git.ts';
import { idOf, lineAfter, lineOf } from '../support/lines.ts';
import { startProcess } from '../support/process.ts';
import { rounds } from '../support/rounds.ts';
import { type ScratchFolder, scratchFolder } from '../support/scratch.ts';
import { eventually } from '../support/wait.ts';

const DAYS = rounds(220, 300);
const MESSAGES_A_DAY = rounds(20, 100);
/** Threads read only what is large: fewer messages are longer ones. */
const TEXT = 'Words that make a message as long as many are. '.repeat(rounds(45, 5));
const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAY_MS = 24 * 3600 * 1000;

const momentOf = (day: number, number: number) =>
  new Date(FIRST_DAY + day * DAY_MS + number * 1000).toISOString();

let scratch: ScratchFolder;
let remote: string;
/** What the archive says, by the ids of its messages; a deleted one says nothing. */
const texts = new Map<string, string>();

beforeAll(async () => {
  scratch = await scratchFolder();
  remote = await bareRepository(join(scratch.path, 'large.git'));
  await importCommit(remote, journals());
  return () => scratch.remove();
}, 60_000);

/** More journals than are read line by line: two devices, and messages that are changed and deleted on later days. */
function journals(): Map<string, string> {
  const files = new Map<string, string>();
  const write = (day: number, line: Line) => {
    const date = momentOf(day, 0).slice(0, 10);
    const path = `messages/${date.slice(0, 4)}/${date.slice(5, 7)}/${day % 2 ? 'desk' : 'phone'}.${date}.jsonl`;
    files.set(path, `${files.get(path) ?? ''}${line.raw}\n`);
  };
  for (let day = 0; day < DAYS; day += 1) {
    for (let number = 0; number < MESSAGES_A_DAY; number += 1) {
      const id = idOf(day * MESSAGES_A_DAY + number);
      const line = lineOf({ id, text: `${TEXT}${day} ${number}`, createdAt: momentOf(day, number) });
      write(day, line);
      texts.set(id, line.text);
      if (number === 7 && day + 40 < DAYS) {
        write(day + 40, lineAfter([line], { text: `Changed ${day}`, updatedAt: momentOf(day + 40, 9000) }));
        texts.set(id, `Changed ${day}`);
      }
      if (number === 8 && day + 3 < DAYS) {
        const deletedAt = momentOf(day + 3, 9000);
        write(day + 3, lineAfter([line], { updatedAt: deletedAt, deletedAt }));
        texts.delete(id);
      }
    }
  }
  return files;
}

async function importCommit(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const child = spawn('git', ['fast-import', '--quiet'], {
    cwd: directory,
    env: gitEnvironment(),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.write(
    'commit refs/heads/main\ncommitter Ann <ann@example.org> 1750000000 +0000\ndata 3\nAll\n',
  );
  for (const [path, text] of files) {
    child.stdin.write(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  }
  child.stdin.end();
  expect(await once(child, 'close')).toEqual([0, null]);
}

async function expectAll(url: string, said: ReadonlyMap<string, string> = texts): Promise<void> {
  const api = apiAt(url);
  await eventually(async () => (await api.repository('large')).messages === said.size, 60_000);
  const all = await api.messages();
  expect(new Map(all.map(({ id, text }) => [id, text]))).toEqual(said);
  const times = all.map(({ createdAt }) => createdAt);
  expect(times).toEqual([...times].sort().reverse());
}

/** The children of a process that have ended and that it has not taken note of, where the system tells. */
async function defunct(parent: number): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir('/proc').catch(() => [])) {
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    if (new RegExp(`\\) Z ${parent} `).test(stat)) found.push(stat);
  }
  return found;
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

test('a large archive is read in threads when it comes and when the mirror is gone, and all of it is right', {
  timeout: 180_000,
}, async () => {
  const folder = join(scratch.path, 'whole');
  const start = () => startProcess({ folder, env: { REPOSITORY_NAME: remote } });
  const staging = join(folder, 'data/mirror/staging');
  const first = await start();
  await expectAll(first.url);
  // The threads have written there.
  expect(await isThere(staging)).toBe(true);
  await first.stop();

  await rm(join(folder, 'data/mirror'), { recursive: true });
  const second = await start();
  await expectAll(second.url);
  expect(await isThere(staging)).toBe(true);
  expect(second.stderr()).toBe('');
  // Neither is a git of theirs left, dead or alive.
  await eventually(async () => (await defunct(second.pid)).length === 0);

  // What was taken in is changed, found and looked after like everything else.
  const api = apiAt(second.url);
  const id = idOf(5 * MESSAGES_A_DAY);
  await api.edit(id, { text: 'Another text' });
  const changed = new Map([...texts, [id, 'Another text']]);
  await expectAll(second.url, changed);
  const found = await api.messages(`?q=${encodeURIComponent('"Changed 117"')}`);
  expect(found.map((message) => message.id)).toEqual([idOf(117 * MESSAGES_A_DAY + 7)]);
  const verified = (await api.get('/verify')).json() as { status: string };
  expect(verified.status, JSON.stringify(verified)).toBe('ok');
  await second.stop();
  const third = await start();
  await expectAll(third.url, changed);
  expect(await isThere(staging)).toBe(false);
});

test('ending it while it reads a large archive loses nothing', {
  timeout: 120_000,
}, async () => {
  const folder = join(scratch.path, 'ended');
  const start = () => startProcess({ folder, env: { REPOSITORY_NAME: remote } });
  const first = await start();
  await expectAll(first.url);
  await first.stop();
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await rm(join(folder, 'data/mirror'), { recursive: true });
    const cut = await start();
    await eventually(() => isThere(join(folder, 'data/mirror/staging')));
    cut.kill(signal);
    await cut.exited;
    const next = await start();
    await expectAll(next.url);
    await next.stop();
  }
});
