import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Answer, type Api, apiAt, commitOf, type Message } from '../support/api.ts';
import { locksIn, statusOf } from '../support/clone-state.ts';
import { sendFile } from '../support/files.ts';
import { git } from '../support/git.ts';
import { journalLines, linesOfCommit } from '../support/journal.ts';
import { missingAt, missingOnBranch, notDownloaded } from '../support/judge-files.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import { killTogether, processesIn } from '../support/processes.ts';
import { sampleFile, sampleOf } from '../support/sample-files.ts';
import { eventually } from '../support/wait.ts';

// The last one has by far the most places: node tells its threads by it, too.
const CALLS = ['fsync', 'fdatasync', 'rename', 'renameat2', 'link', 'execve', 'writev', 'pwrite64', 'write'];
const FAULTS = ['signal=KILL', 'error=EIO', 'error=ENOSPC'];
const ANSWER_MS = 10_000;
const SETTLE_MS = 1500;

const chosen = (process.env.TORTURE_CALLS ?? '').split(',').filter((call) => call !== '');
const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) console.log('There is no strace here, so no system call is made to fail.');

/** One series: the same fault at the first, second, … such call of one capture, until there are no more of them. */
interface Series {
  readonly call: string;
  readonly fault: string;
  readonly folder: string;
  readonly answered: Map<string, Message>;
  readonly counts: Record<string, number>;
  /** The one that was judged last goes on. */
  gitpost: GitpostProcess;
}

test.runIf(hasStrace)(
  'each system call of a capture fails once, or is its last one',
  async () => {
    const counts: Record<string, number> = {};
    for (const call of chosen.length === 0 ? CALLS : chosen) {
      for (const fault of FAULTS) {
        const folder = await mkdtemp(join(tmpdir(), 'gitpost-syscalls-'));
        const series: Series = {
          call,
          fault,
          folder,
          answered: new Map(),
          counts,
          gitpost: await start(folder),
        };
        let at = 1;
        try {
          await judge(series, draftOf(series, 0), undefined);
          while (await failAt(series, at)) at += 1;
        } catch (error) {
          throw new Error(`${call} ${fault}, the ${at}. time, in ${folder}: ${(error as Error).message}`, {
            cause: error,
          });
        }
        expect((await series.gitpost.stop()).code).toBe(0);
        await rm(folder, { recursive: true, force: true, maxRetries: 10 });
        console.log(`${call} ${fault}: ${at - 1} places; so far ${JSON.stringify(counts)}`);
      }
    }
  },
  0,
);

/** A message with a file; the same file comes again later. */
const draftOf = ({ call, fault }: Series, when: number) => ({
  id: randomUUID(),
  text: `${call} ${fault} ${when}`,
  attachments: [{ sha256: sampleFile(when).sha256 }],
});

type Draft = ReturnType<typeof draftOf>;

/** Uploads the file of a message, and sends the message if that goes well. */
async function capture(api: Api, draft: Draft): Promise<Answer> {
  for (const { sha256 } of draft.attachments) {
    const { bytes, name } = sampleOf(sha256);
    const uploaded = await sendFile(api, bytes, name);
    if (uploaded.status !== 200 && uploaded.status !== 201) return uploaded;
  }
  return api.post(draft);
}

const cloneOf = ({ folder }: Series) => join(folder, 'repos/messages');

// One thread for files, so that the same call is the same one each time.
const start = (folder: string) =>
  startProcess({ folder, env: { UV_THREADPOOL_SIZE: '1', LOG_LEVEL: 'silent' } });

/** Whether there was such a call to fail at. What follows is judged either way. */
async function failAt(series: Series, when: number): Promise<boolean> {
  const { call, fault, counts } = series;
  const { gitpost } = series;
  const api = apiAt(gitpost.url);
  const log = join(series.folder, 'strace.log');
  const tracer = await trace(gitpost, series, [
    '-o',
    log,
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:${fault}:when=${when}`,
  ]);
  const draft = draftOf(series, when);
  const late = delay(ANSWER_MS, undefined, { ref: false });
  const answer = await Promise.race([capture(api, draft).catch((): undefined => undefined), late]);
  const outcome = answer === undefined ? 'unanswered' : String(answer.status);
  await eventually(async () => (await statusOf(cloneOf(series))).length === 0, SETTLE_MS).catch(
    () => undefined,
  );
  const hit = /INJECTED|killed by SIGKILL/.test(await readFile(log, 'utf8'));
  if (hit) counts[outcome] = (counts[outcome] ?? 0) + 1;
  killTogether(() => [gitpost.pid, ...processesIn(join(series.folder, 'repos'))]);
  await gitpost.exited;
  tracer.kill('SIGKILL');
  series.gitpost = await start(series.folder);
  await judge(series, draft, answer);
  return hit;
}

async function trace(
  gitpost: GitpostProcess,
  { folder }: Series,
  args: readonly string[],
): Promise<ChildProcess> {
  const pids = await calm(gitpost.pid, join(folder, 'repos'));
  const tracer = spawn('strace', ['-f', ...args, ...pids.flatMap((pid) => ['-p', String(pid)])]);
  let said = '';
  tracer.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await eventually(async () => {
    if (tracer.exitCode !== null) throw new Error(`strace can not look at a process here: ${said}`);
    return pids.every((pid) => said.includes(`Process ${pid} attached`));
  });
  return tracer;
}

/** All that runs, once nothing begins or ends any more. */
async function calm(pid: number, folder: string): Promise<number[]> {
  for (let before = ''; ; await delay(400)) {
    const pids = [pid, ...processesIn(folder)];
    if (String(pids) === before) return pids;
    before = String(pids);
  }
}

async function judge(series: Series, draft: Draft, answer: Answer | undefined) {
  const clone = cloneOf(series);
  const api = apiAt(series.gitpost.url);
  if (answer?.status === 201) series.answered.set(draft.id, answer.json<Message>());
  const all = new Map((await api.messages()).map((message) => [message.id, message]));
  for (const [id, message] of series.answered) expect(all.get(id)).toEqual(message);
  if (series.answered.size > 0) await git(clone, 'fsck', '--strict', '--no-dangling');
  await eventually(async () => {
    expect(await locksIn(clone)).toEqual([]);
    expect(await statusOf(clone)).toEqual([]);
    return true;
  });
  // Who got no answer sends the same again, and it is there once.
  const again = await capture(api, draft);
  expect([200, 201], again.text).toContain(again.status);
  const message = again.json<Message>();
  series.answered.set(draft.id, message);
  expect((await linesOfCommit(clone, commitOf(message))).map(({ value }) => value.id)).toEqual([draft.id]);
  const hashes = draft.attachments.map(({ sha256 }) => sha256);
  expect(await missingAt(clone, commitOf(message), hashes)).toEqual([]);
  expect(await missingOnBranch(clone)).toEqual([]);
  expect(await notDownloaded(api)).toEqual([]);
  const ids = (await journalLines(clone)).map(({ value }) => value.id);
  expect(ids.sort()).toEqual([...series.answered.keys()].sort());
}
