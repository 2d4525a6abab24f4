// Measures a POST to gitpost against a bare `git commit -q -- file` of the same line, side by side in one run and
// with the same core.fsync on both sides: alone, turn by turn, and with 64 writers at once.
//   npm run bench              the whole
//   npm run bench -- --quick   fewer rounds
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const quick = process.argv.includes('--quick');
const [rounds, writers, burst, loop] = quick ? [60, 64, 2_000, 60] : [300, 64, 12_000, 300];

const FSYNC = ['-c', 'core.fsync=committed', '-c', 'core.fsyncMethod=fsync'];
const folder = mkdtempSync(join(tmpdir(), 'gitpost-bench-'));
const environment = {
  PATH: process.env.PATH ?? '',
  HOME: folder,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'Bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
};
const agent = new Agent({ keepAlive: true, maxSockets: writers });

const server = await startServer();
try {
  const commit = prepareBare();
  const alone = await measureAlone(commit);
  const many = await measureMany(commit);
  print(alone, many);
} finally {
  agent.destroy();
  server.child.kill('SIGTERM');
  await new Promise((resolve) => server.child.on('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
}

/** Text of the lengths that chat has: most are short, few are long. */
function textOf(number) {
  const words =
    'the message that was written here before lunch about a branch which nobody had merged yet'.split(' ');
  const length = 4 + ((number * 7919) % 23) + (number % 40 === 0 ? 150 : 0);
  return Array.from({ length }, (_, index) => words[(number * 31 + index * 17) % words.length]).join(' ');
}

async function startServer() {
  const child = spawn(process.execPath, [join(root, 'dist/main.js')], {
    cwd: folder,
    env: {
      ...environment,
      PORT: '0',
      LOG_LEVEL: 'error',
      AUTHOR_NAME: 'Bench',
      AUTHOR_EMAIL: 'bench@example.org',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    const [, url] = /gitpost is at (\S+)\n/.exec(printed) ?? [];
    if (url) return { child, url };
  }
  throw new Error('the server ended before it was ready');
}

/** Milliseconds of one POST, until its answer has been read. */
function post(text) {
  const body = JSON.stringify({ text });
  const began = performance.now();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}messages`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 201) resolve(performance.now() - began);
        else reject(new Error(`a POST was answered ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A clone in which one line is appended and committed by git alone; returns what does it once, timed. */
function prepareBare() {
  const clone = join(folder, 'bare');
  mkdirSync(join(clone, 'messages'), { recursive: true });
  const git = (...args) => execFileSync('git', args, { cwd: clone, env: environment, stdio: 'ignore' });
  git('init', '-q', '-b', 'main');
  const file = 'messages/bench.jsonl';
  appendFileSync(join(clone, file), '');
  git('add', file);
  return (number) => {
    const line = {
      v: 1,
      id: crypto.randomUUID(),
      revision: 1,
      author: 'Bench',
      type: 'text',
      text: textOf(number),
    };
    appendFileSync(
      join(clone, file),
      `${JSON.stringify({ ...line, createdAt: new Date().toISOString() })}\n`,
    );
    const began = performance.now();
    git(...FSYNC, 'commit', '-q', '-m', line.text.slice(0, 72), '--', file);
    return performance.now() - began;
  };
}

async function measureAlone(commit) {
  const [posts, commits] = [[], []];
  for (let round = -10; round < rounds; round += 1) {
    // Turn by turn, so that a machine that gets slower gets slower for both.
    const [mine, bare] = [await post(textOf(round + 10)), commit(round + 10)];
    if (round < 0) continue;
    posts.push(mine);
    commits.push(bare);
  }
  return { post: median(posts), commit: median(commits) };
}

async function measureMany(commit) {
  let sent = 0;
  const write = async () => {
    while (sent < burst) {
      sent += 1;
      await post(textOf(sent));
    }
  };
  const took = async (work) => {
    const began = performance.now();
    await work();
    return (performance.now() - began) / 1000;
  };
  const bareBefore = await took(async () => {
    for (let number = 0; number < loop / 2; number += 1) commit(number);
  });
  const posting = await took(() => Promise.all(Array.from({ length: writers }, write)));
  const bareAfter = await took(async () => {
    for (let number = 0; number < loop / 2; number += 1) commit(number);
  });
  return { post: burst / posting, commit: loop / (bareBefore + bareAfter) };
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function print(alone, many) {
  const version = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, node ${process.version}, ${version}, core.fsync=committed`,
  );
  console.log(
    `medians of ${rounds} turns; ${burst} messages from ${writers} writers; ${loop} commits in a loop\n`,
  );
  const row = (...cells) =>
    console.log(cells.map((cell, index) => cell.padEnd([34, 16, 24, 10][index])).join(''));
  row('', 'POST', 'git commit -q -- file', 'ratio');
  row('alone, ms', alone.post.toFixed(2), alone.commit.toFixed(2), (alone.post / alone.commit).toFixed(2));
  row(
    `${writers} writers, commits a second`,
    many.post.toFixed(0),
    many.commit.toFixed(0),
    (many.post / many.commit).toFixed(1),
  );
}
