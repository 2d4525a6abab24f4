// An export of another program, imported while somebody else writes: against a bare `git fast-import` of the same commits.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { environment, FSYNC, folder, quick } from './environment.mjs';
import { startGitpost } from './gitpost.mjs';
import { median, timed } from './measure.mjs';
import { gitIn } from './plain-git.mjs';
import { random, textOf } from './text.mjs';

const [MESSAGES, CHANNELS, ALONE] = quick ? [4000, 20, 40] : [100_000, 20, 150];
/** Somebody who writes lets so much time pass after each answer, in milliseconds. */
const PAUSE_MS = 100;
const size = MESSAGES.toLocaleString('en');

export async function importRows() {
  const file = await slackExport();
  return [await aloneRow(file), ...(await sharedRows(file))];
}

async function aloneRow(file) {
  const gitpost = await startGitpost('import-alone');
  try {
    const reading = await timed(() => sendExport(gitpost, file, 'dryRun=true'));
    await gitpost.loopDelay();
    const ours = await timed(() => sendExport(gitpost, file, ''));
    const loop = await gitpost.loopDelay();
    process.stderr.write(`import: a dry run took ${(reading / 1000).toFixed(1)} s; `);
    process.stderr.write(`${(gitpost.memory() / 2 ** 20).toFixed(0)} MB after the import\n`);
    return {
      work: `import of ${size} messages in ${CHANNELS} channels`,
      against: '`git fast-import` of the same commits',
      ours: (MESSAGES / ours) * 1000,
      theirs: await bareImport(join(gitpost.cwd, 'repos', 'messages')),
      unit: '/s',
      aim: '≥ 0.6',
      loop,
    };
  } finally {
    await gitpost.stop();
  }
}

/** Somebody writes all the time. */
async function sharedRows(file) {
  const gitpost = await startGitpost('import-shared');
  try {
    const before = await posting(gitpost, () => ALONE);
    let isDone = false;
    const others = posting(gitpost, (sent) => (isDone ? sent : Number.POSITIVE_INFINITY));
    await gitpost.loopDelay();
    const time = await timed(() => sendExport(gitpost, file, ''));
    isDone = true;
    const during = await others;
    const loop = await gitpost.loopDelay();
    const after = await posting(gitpost, () => ALONE);
    process.stderr.write(`import: ${((MESSAGES / time) * 1000).toFixed(0)} /s while somebody writes; `);
    process.stderr.write(
      `${during.length} written by them, the slowest in ${Math.max(...during).toFixed(0)} ms\n`,
    );
    return [
      {
        work: 'POST during an import',
        against: 'POST alone',
        ours: median(during),
        theirs: median([...before, ...after]),
        unit: 'ms',
        aim: '≤ 2',
        loop,
      },
    ];
  } finally {
    await gitpost.stop();
  }
}

/** The times of messages that are written one after the other, in milliseconds. */
async function posting(gitpost, wanted) {
  const texts = random(31);
  const times = [];
  while (times.length < wanted(times.length)) {
    times.push(await timed(() => gitpost.post(textOf(texts))));
    await new Promise((wake) => setTimeout(wake, PAUSE_MS));
  }
  return times;
}

/** A workspace: each channel has a file for each of some days. */
function slackExport() {
  const zip = new ZipFile();
  const texts = random(30);
  const add = (name, value) => zip.addBuffer(Buffer.from(JSON.stringify(value)), name);
  const users = Array.from({ length: 30 }, (_, number) => ({ id: `U${number}`, name: `user${number}` }));
  const channels = Array.from({ length: CHANNELS }, (_, number) => ({
    id: `C${number}`,
    name: `channel-${number}`,
  }));
  add('users.json', users);
  add('channels.json', channels);
  const days = Math.ceil(MESSAGES / CHANNELS / 100);
  for (const [number, { name }] of channels.entries()) {
    for (let day = 0; day < days; day += 1) {
      const date = new Date(Date.UTC(2024, 0, 1 + day));
      const messages = Array.from({ length: Math.min(100, MESSAGES / CHANNELS - day * 100) }, (_, at) => ({
        ...{ type: 'message', user: users[(at * 7 + number) % 30].id, text: textOf(texts) },
        ts: `${date.getTime() / 1000 + at * 300 + number}.${String(at).padStart(6, '0')}`,
      }));
      add(`${name}/${date.toISOString().slice(0, 10)}.json`, messages);
    }
  }
  zip.end();
  return buffer(zip.outputStream);
}

async function sendExport(gitpost, file, query) {
  const text = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': file.length };
    const sent = request(`${gitpost.url}/import?${query}`, { method: 'POST', headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on('error', reject);
    sent.end(file);
  });
  const { result } = JSON.parse(text.trim().split('\n').at(-1));
  if (result?.created !== MESSAGES) throw new Error(`it was not imported as a whole: ${text.slice(-500)}`);
}

/** How many commits git alone takes in a second, of the history that the import has made. */
async function bareImport(clone) {
  const stream = join(folder, 'import.stream');
  const out = openSync(stream, 'w');
  execFileSync('git', ['fast-export', '--all', '--signed-tags=strip'], {
    cwd: clone,
    env: environment,
    stdio: ['ignore', out, 'ignore'],
  });
  closeSync(out);
  const commits = Number(gitIn(clone)('rev-list', '--count', 'HEAD'));
  const bare = join(folder, 'bare-import');
  mkdirSync(bare);
  gitIn(bare)('init', '-q', '--bare');
  const input = openSync(stream, 'r');
  const time = await timed(() =>
    execFileSync('git', [...FSYNC, 'fast-import', '--quiet'], {
      cwd: bare,
      env: environment,
      stdio: [input, 'ignore', 'inherit'],
    }),
  );
  closeSync(input);
  rmSync(stream);
  return (commits / time) * 1000;
}
