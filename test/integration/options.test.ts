import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isConfigError, readConfig } from '../../src/config.ts';
import { type Api, problemOf } from '../support/api.ts';
import { bareRepository, cloneOf, commitFile, git } from '../support/git.ts';
import { type Here, startHere } from '../support/here.ts';
import { lineOf } from '../support/journal.ts';
import { runToExit } from '../support/process.ts';
import { type ScratchFolder, scratchFolder, temporaryFolder } from '../support/tmp.ts';

let scratch: ScratchFolder;
let gitpost: Here;
let api: Api;

beforeAll(async () => {
  scratch = await scratchFolder();
  gitpost = await startHere({ folder: scratch.path });
  api = gitpost.api;
});
afterAll(async () => {
  await gitpost.stop();
  await scratch.remove();
});

const marker = 'git-ran-this';
const addresses = [
  `--upload-pack=touch ${marker}`,
  `-u touch ${marker}`,
  `-oProxyCommand=touch ${marker}`,
  `ext::sh -c touch% ${marker}`,
  `ext::sh -c "touch ${marker}"`,
  'fd::17/foo',
  'git://127.0.0.1:1/x.git',
  'ftp://127.0.0.1:1/x.git',
  'javascript:alert(1)',
  `ssh://-oProxyCommand=touch ${marker}/x.git`,
  `ssh://ann@-oProxyCommand=touch${marker}/x.git`,
  `-oProxyCommand=touch${marker}:x.git`,
  `ann@-oProxyCommand=touch${marker}:x.git`,
  'https://127.0.0.1:1/x.git\n--upload-pack=y',
  'https://127.0.0.1:1/..',
  'https://127.0.0.1:1/.git',
  '/tmp/../..',
  'relative/../x.git',
  '../x.git',
  'file://elsewhere.example/x.git',
  '',
  ' ',
];

test.each(addresses)('the address %j is refused, at run time and at the start', async (url) => {
  const answer = await api.send('POST', '/repositories', { json: { url } });
  problemOf(answer, 400);
  expect((await api.get('/repositories')).json<object[]>()).toHaveLength(1);
  if (url.trim() === '' || url.includes('\n')) return;
  const read = readConfig({ REPOSITORY_NAME: url }, scratch.path);
  expect(isConfigError(read) && read.lines).toEqual([expect.stringContaining('REPOSITORY_NAME')]);
});

test('such an address ends the start', async () => {
  const { code, stderr } = await runToExit({ env: { REPOSITORY_NAME: `ext::sh -c touch% ${marker}` } });
  expect(code, stderr).toBe(2);
  expect(stderr).toContain('REPOSITORY_NAME');
});

const names = [
  '-x',
  '--orphan=x',
  '--upload-pack=touch y',
  '../x',
  'x/../y',
  '.git',
  'x.lock',
  'a b',
  'a\nb',
];

test.each([
  ['of 900,000 characters', 'a'.repeat(900_000)],
  ['with a NUL', 'a\u0000b'],
])('a branch %s, which no process can be given, is refused', async (_, branch) => {
  problemOf(await api.send('PATCH', '/repositories/messages', { json: { branch } }), 400);
  problemOf(await api.send('POST', '/repositories', { json: { url: '/tmp/nowhere', branch } }), 400);
});

test.each([...names, 'refs/heads/x', '@', '@{-1}', 'x..y', 'HEAD', ':(glob)*', 'x~1', ''])(
  'the branch %j is refused',
  async (branch) => {
    problemOf(await api.send('PATCH', '/repositories/messages', { json: { branch } }), 400);
    const remote = await bareRepository(join(await temporaryFolder(), 'other.git'));
    problemOf(await api.send('POST', '/repositories', { json: { url: remote, branch } }), 400);
    expect((await api.repository()).branch).toBe('main');
  },
);

test.each([...names, '__proto__/x', 'CON', 'x\0y', 'a'.repeat(300)])(
  'the name %j is refused',
  async (name) => {
    const remote = await bareRepository(join(await temporaryFolder(), 'other.git'));
    problemOf(await api.send('POST', '/repositories', { json: { url: remote, name } }), 400);
    problemOf(await api.send('POST', '/repositories', { json: { github: `${name}/x` } }), 400);
    expect(await readdir(join(gitpost.folder, 'repos'))).not.toContain(name);
  },
);

test('a name that means something to JavaScript is a name', async () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
    const remote = await bareRepository(join(await temporaryFolder(), `${name}.git`));
    expect((await api.send('POST', '/repositories', { json: { url: remote } })).status).toBe(202);
    await api.create({ text: `In ${name}`, repositories: [name] });
    expect(await api.messages(`?repository=${name}`)).toHaveLength(1);
    expect((await api.send('DELETE', `/repositories/${name}`)).status).toBe(204);
    problemOf(await api.post({ text: 'x', repositories: [name] }), 404);
  }
});

test.each(['--edit-description', '-D', '--orphan=x', '-'])(
  'a remote whose branch is called %s gets another one',
  async (branch) => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'odd.git'));
    const work = await cloneOf(remote, join(folder, 'work'));
    await git(work, 'checkout', '--quiet', '-b', 'side');
    await commitFile(
      work,
      'messages/x.jsonl',
      `${lineOf({ id: '0192f0c1-0000-7000-8000-000000000001', text: 'Theirs' })}\n`,
      'x',
    );
    await git(work, 'push', '--quiet', 'origin', `side:refs/heads/${branch}`);
    await git(remote, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`);
    const other = await startHere({ folder: join(folder, 'own'), env: { REPOSITORY_NAME: remote } });
    const client = other.api;
    await client.create({ text: 'Mine' });
    expect((await client.sync('push', 'odd')).status).toBe('pushed');
    expect(await client.repository('odd')).toMatchObject({ branch: 'main', state: 'ready' });
    expect(await readFile(join(remote, 'HEAD'), 'utf8')).toContain(branch);
  },
);

test('nothing of all that was ever run', async () => {
  const places = [process.cwd(), gitpost.folder, join(gitpost.folder, 'repos/messages')];
  for (const place of places) expect((await readdir(place)).join()).not.toMatch(marker);
});
