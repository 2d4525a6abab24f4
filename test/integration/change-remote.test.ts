import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiAt } from '../support/api.ts';
import { bareRepository, commitFile, git, log } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

test('the primary gets a remote of its own while it runs, and keeps it over a restart', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'elsewhere', 'notes.git'));
  const first = await startHere({ folder, env: { AUTHOR_NAME: 'Ann' } });
  const { api } = first;
  await api.create({ text: 'Before' });
  await api.sync('push', 'messages');

  const changed = await api.send('PATCH', '/repositories/messages', { json: { url: remote } });
  expect(changed.status).toBe(200);
  expect(await changed.json()).toMatchObject({ name: 'messages', url: remote, primary: true, messages: 1 });
  await api.create({ text: 'After' });
  await api.sync('push', 'messages');
  expect(await log(remote, '%s')).toEqual(['After', 'Before']);

  await first.stop();
  const second = await startHere({ folder, env: { AUTHOR_NAME: 'Ann' } });
  const again = second.api;
  expect(await again.repository('messages')).toMatchObject({ url: remote, primary: true });
  await again.create({ text: 'Again' });
  await again.sync('push', 'messages');
  expect(await log(remote, '%s')).toEqual(['Again', 'After', 'Before']);
  expect((await again.messages()).map(({ text }) => text)).toEqual(['Again', 'After', 'Before']);
});

test('the histories of both are joined, and nothing of either is lost', async () => {
  const folder = await temporaryFolder();
  const { url } = await startHere({ folder, env: { AUTHOR_NAME: 'Ann' } });
  const api = apiAt(url);
  await api.create({ text: 'Mine' });
  const remote = await bareRepository(join(folder, 'elsewhere', 'notes.git'));
  const other = join(folder, 'other');
  await git(folder, 'clone', '--quiet', remote, other);
  await git(other, 'config', 'user.email', 'ann@example.org');
  await git(other, 'config', 'user.name', 'Ann');
  await commitFile(other, 'README.md', 'Hello\n', 'Theirs');
  await git(other, 'push', '--quiet', 'origin', 'HEAD:main');

  expect((await api.send('PATCH', '/repositories/messages', { json: { url: remote } })).status).toBe(200);
  await api.sync('push', 'messages');
  expect((await api.repository('messages')).state).toBe('ready');
  expect(await log(remote, '%s', '--all')).toEqual(expect.arrayContaining(['Mine', 'Theirs']));
});

test('a remote that the environment names, or one that is none, is not changed', async () => {
  const folder = await temporaryFolder();
  const named = await bareRepository(join(folder, 'named.git'));
  const { url } = await startHere({ folder, env: { AUTHOR_NAME: 'Ann', REPOSITORY_NAME: named } });
  const api = apiAt(url);
  const other = join(folder, 'other.git');
  const refused = await api.send('PATCH', '/repositories/named', { json: { url: other } });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('Change it there') });
  expect((await api.send('PATCH', '/repositories/named', { json: { url: '--upload-pack=x' } })).status).toBe(
    400,
  );
  expect((await api.send('PATCH', '/repositories/nowhere', { json: { url: other } })).status).toBe(404);
  expect(await api.repository('named')).toMatchObject({ url: named });
});

test('a repository that cannot be opened opens with its new remote as soon as it can', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'elsewhere', 'notes.git'));
  const old = await bareRepository(join(folder, 'elsewhere', 'old.git'));
  const first = await startSmallApp(folder);
  await first.api.send('POST', '/repositories', { json: { url: old, name: 'extra' } });
  await eventually(async () => (await first.api.repository('extra')).state === 'ready');
  const mine = await first.api.create({ text: 'Mine', repositories: ['extra'] });
  await first.close();
  const config = join(folder, 'repos/extra/.git/config');
  const right = await readFile(config, 'utf8');
  await writeFile(config, '[this is no configuration\n');
  const { api } = await startSmallApp(folder, {}, { retryPause: 300 });
  expect((await api.send('PATCH', '/repositories/extra', { json: { url: remote } })).status).toBe(200);
  expect((await api.repository('extra')).state).toBe('failed');
  await writeFile(config, right);
  await eventually(async () => (await api.repository('extra')).state === 'ready');
  expect((await api.message(mine.id)).text).toBe('Mine');
  await api.sync('push', 'extra');
  expect(await log(remote, '%s')).toContain('Mine');
});
