import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Api, apiAt } from '../support/api.ts';
import { bareRepository, git } from '../support/git.ts';
import { commitEntry, commitPieces, gitWith, makeBlob, makeTree, mostMemory } from '../support/hostile.ts';
import { lineOf } from '../support/journal.ts';
import { startProcess } from '../support/process.ts';
import { rounds } from '../support/rounds.ts';
import { temporaryFolder } from '../support/tmp.ts';

const MIB = 1024 * 1024;
/** Longer than any line may be, and so long that holding it would show in the memory. */
const LONG = rounds(40, 120) * MIB;

/** A running gitpost with a remote that somebody else may push to, and a repository beside it. */
async function made() {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const gitpost = await startProcess({ folder, env: { REPOSITORY_NAME: remote, REPOSITORIES: 'other' } });
  const api = apiAt(gitpost.url);
  await api.create({ text: 'Before all this' });
  expect((await api.sync('push', 'shared')).status).toBe('pushed');
  return { api, remote, pid: gitpost.pid, clone: join(folder, 'repos', 'shared') };
}

const line = (text: string) => `${lineOf({ id: randomUUID(), text })}\n`;
const texts = async (api: Api) => (await api.messages()).map(({ text }) => text);

/** Whatever came, what a person writes is taken, here and elsewhere. */
async function expectWell(api: Api): Promise<void> {
  await api.create({ text: 'Here', repositories: ['shared'] });
  await api.create({ text: 'Elsewhere', repositories: ['other'] });
  expect(await texts(api)).toEqual(expect.arrayContaining(['Before all this', 'Here', 'Elsewhere']));
  expect((await api.get('/health')).status).toBe(200);
}

test('a line of many MiB is one problem, and the lines around it are read', async () => {
  const { api, remote, pid } = await made();
  const file = 'messages/outside/notes.jsonl';
  await commitPieces(remote, file, [line('First'), { letters: LONG }, `\n${line('Last')}`]);
  expect(await api.sync('pull', 'shared')).toMatchObject({ status: 'pulled', pulled: 2 });
  expect(await texts(api)).toEqual(expect.arrayContaining(['First', 'Last']));
  const { problems, state } = await api.repository('shared');
  expect(state).toBe('ready');
  expect(problems).toEqual([{ file, line: 2, reason: expect.stringContaining('longer than') }]);

  // The commit of a line that is captured to such a file is found, and what is appended to it is read.
  await commitPieces(remote, file, [line('First again'), { letters: LONG }, `\n${line('Last again')}`]);
  expect((await api.sync('pull', 'shared')).status).toBe('pulled');
  expect(await texts(api)).toEqual(expect.arrayContaining(['First again', 'Last again']));
  await expectWell(api);
  expect((await mostMemory(pid)) ?? 0).toBeLessThan(rounds(200, 300) * MIB);
});

test('a file of more than 64 MiB is read as far as that, and says so', async () => {
  const { api, remote } = await made();
  const file = 'messages/outside/notes.jsonl';
  const long = Array.from({ length: 17 }, () => [{ letters: 4 * MIB }, '\n']).flat();
  await commitPieces(remote, file, [line('First'), ...long, line('Too late')]);
  expect((await api.sync('pull', 'shared')).status).toBe('pulled');
  expect(await texts(api)).toEqual(expect.arrayContaining(['First']));
  expect(await texts(api)).not.toContain('Too late');
  const { problems } = await api.repository('shared');
  expect(problems.at(-1)).toEqual({ file, line: 17, reason: expect.stringContaining('not read') });
  await expectWell(api);
});

test('a million lines that cannot be read are counted, not listed', async () => {
  const { api, remote } = await made();
  const file = 'messages/outside/notes.jsonl';
  await commitPieces(remote, file, [line('First'), '{\n'.repeat(1_000_000), line('Last')]);
  expect(await api.sync('pull', 'shared')).toMatchObject({ status: 'pulled', pulled: 2 });
  const { problems } = await api.repository('shared');
  expect(problems).toHaveLength(1001);
  expect(problems.at(-1)?.reason).toContain('999000 further');
  await expectWell(api);
});

test('a tree of a million files and more is not taken in', async () => {
  const { api, remote, clone } = await made();
  const before = await git(remote, 'rev-parse', 'main');
  let entry = `100644 blob ${await makeBlob(remote, line('Again and again'))}`;
  for (let level = 0; level < rounds(6, 7); level += 1) {
    const names = Array.from({ length: 10 }, (_, number) => `${number}${level === 0 ? '.jsonl' : ''}`);
    entry = `040000 tree ${await makeTree(
      remote,
      names.map((name) => `${entry}\t${name}`),
    )}`;
  }
  await commitEntry(remote, 'messages/bomb', '040000', entry.split(' ')[2] as string);
  const result = await api.sync('push', 'shared');
  expect(result).toMatchObject({ status: 'failed', detail: expect.stringContaining('200000 files') });
  expect((await api.repository('shared')).error?.action).toContain('captured as before');
  expect(await readdir(join(clone, 'messages'))).not.toContain('bomb');
  await expectWell(api);

  await gitWith(remote, [], 'update-ref', 'refs/heads/main', before);
  expect((await api.sync('push', 'shared')).status).toBe('pushed');
  expect((await api.repository('shared')).state).toBe('ready');
});

test('folders in folders without end are not taken in', async () => {
  const { api, remote } = await made();
  const deep = `messages/${'a/'.repeat(3000)}x.jsonl`;
  await commitPieces(remote, deep, [line('Deep down')]);
  expect(await api.sync('pull', 'shared')).toMatchObject({ status: 'failed' });
  await expectWell(api);
});
