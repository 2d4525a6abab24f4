import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiAt, linesOfJson, ndjson, problemOf } from '../support/api.ts';
import { git } from '../support/git.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import { requestHead } from '../support/raw-http.ts';
import { rounds } from '../support/rounds.ts';
import { eventually } from '../support/wait.ts';

const MIB = 1024 * 1024;

const start = () => startProcess({ env: { NODE_OPTIONS: '--max-old-space-size=256' } });

/** How much memory a process has held at most, in MiB. Only Linux says so. */
async function mostMemory({ pid }: GitpostProcess): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const commits = ({ folder }: GitpostProcess) =>
  git(join(folder, 'repos', 'messages'), 'rev-list', '--count', 'main').then(Number);

const headOfBulk = (url: string, ...lines: string[]) =>
  requestHead(
    'POST /messages HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Content-Type: application/x-ndjson',
    ...lines,
  );

function connectTo(url: string) {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname).on('error', () => undefined);
}

test('64 MiB of the shortest lines are refused as a whole and cost little memory', async () => {
  const gitpost = await start();
  const api = apiAt(gitpost.url);
  await api.create({ text: 'First' });
  const before = await commits(gitpost);
  problemOf(
    await api.send('POST', '/messages', { raw: Buffer.alloc(64 * MIB, '1\n'), headers: ndjson }),
    413,
  );
  expect(await commits(gitpost)).toBe(before);
  expect(await mostMemory(gitpost)).toBeLessThan(450);
  await api.create({ text: 'Still here' });
});

test('as many bad lines as a bulk may have are all answered, and cost little memory', async () => {
  const gitpost = await start();
  const api = apiAt(gitpost.url);
  const raw = `${'1\n'.repeat(249_999)}{"text":"The last line"}`;
  const answer = await api.send('POST', '/messages', { raw, headers: ndjson });
  const results = linesOfJson<{ status: number }>(answer.text).map(({ status }) => status);
  expect(results).toHaveLength(250_000);
  expect(results.at(-1)).toBe(201);
  expect(results.slice(0, -1).every((status) => status === 400)).toBe(true);
  problemOf(await api.send('POST', '/messages', { raw: `${raw}\n1`, headers: ndjson }), 413);
  expect(await mostMemory(gitpost)).toBeLessThan(450);
});

test('a line that is longer than a message may be is refused on its own', async () => {
  const api = apiAt((await start()).url);
  const lines = ['{"text":"Before"}', JSON.stringify({ text: 'x'.repeat(2 * MIB) }), '{"text":"After"}'];
  expect((await api.bulk(lines)).map(({ status }) => status)).toEqual([201, 413, 201]);
});

test('a body that comes byte by byte costs no more memory than another', async () => {
  const gitpost = await start();
  const socket = connectTo(gitpost.url);
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  socket.write(headOfBulk(gitpost.url, 'Transfer-Encoding: chunked'));
  socket.write('1\r\n \r\n'.repeat(rounds(1, 2) * MIB));
  const last = '{"text":"In tiny chunks"}\n';
  socket.write(`${last.length.toString(16)}\r\n${last}\r\n0\r\n\r\n`);
  await eventually(async () => answer.includes('"status":201'));
  expect(await mostMemory(gitpost)).toBeLessThan(300);
  socket.destroy();
});

test('a client that goes away in the middle of a bulk saves nothing, and one that comes slowly saves all', async () => {
  const gitpost = await start();
  const api = apiAt(gitpost.url);
  await api.create({ text: 'First' });
  const before = await commits(gitpost);
  const lines = Array.from({ length: 20 }, (_, n) => `{"text":"Line ${n}"}\n`);
  const length = `Content-Length: ${lines.join('').length}`;

  const gone = connectTo(gitpost.url);
  gone.write(headOfBulk(gitpost.url, length) + lines.slice(0, 10).join(''));
  // The server has taken what was sent once it answers a request that came later.
  await api.get('/health');
  gone.destroy();

  const slow = connectTo(gitpost.url);
  let answer = '';
  slow.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  slow.write(headOfBulk(gitpost.url, length));
  for (const line of lines) {
    slow.write(line);
    await api.get('/health');
  }
  await eventually(async () => answer.split('"status":201').length === 21);
  expect(await commits(gitpost)).toBe(before + 20);
  slow.destroy();
});

test('a client that does not read its answer disturbs nobody, and what was captured stays', async () => {
  const gitpost = await start();
  const api = apiAt(gitpost.url);
  const body = '1\n'.repeat(200_000);
  const deaf = connectTo(gitpost.url).pause();
  deaf.write(headOfBulk(gitpost.url, `Content-Length: ${body.length}`) + body);
  const bulk = await api.bulk([{ text: 'Meanwhile' }, { text: 'And another' }]);
  expect(bulk.map(({ status }) => status)).toEqual([201, 201]);
  deaf.destroy();
  await api.create({ text: 'After it' });
  expect((await api.messages()).map(({ text }) => text)).toEqual(['After it', 'And another', 'Meanwhile']);
  expect(await mostMemory(gitpost)).toBeLessThan(450);
});
