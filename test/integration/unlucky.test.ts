import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bareRepository, git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { temporaryFolder } from '../support/tmp.ts';

/** A request with JSON, and what was answered. */
async function ask(url: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

test('a lock on the configuration of one clone stops nothing, and the others continue', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'second.git'));
  const { url } = await startHere({ folder });
  const lock = join(folder, 'repos', 'second', '.git', 'config.lock');
  expect((await ask(url, 'POST', '/repositories', { url: remote })).status).toBe(202);
  await expect
    .poll(async () => (await ask(url, 'GET', '/repositories/second')).json.state, { timeout: 10_000 })
    .toBe('ready');

  await writeFile(lock, '');
  expect((await ask(url, 'DELETE', '/repositories/second')).status).toBe(503);
  expect((await ask(url, 'GET', '/repositories/second')).status).toBe(200);
  expect((await ask(url, 'POST', '/push')).status).toBe(200);
  await rm(lock);
  expect((await ask(url, 'DELETE', '/repositories/second')).status).toBe(204);

  await writeFile(lock, '');
  expect((await ask(url, 'POST', '/repositories', { url: remote })).status).toBe(202);
  await expect
    .poll(async () => (await ask(url, 'GET', '/repositories/second')).json.state, { timeout: 10_000 })
    .not.toBe('cloning');
  expect((await ask(url, 'POST', '/messages', { text: 'Still here' })).status).toBe(201);
});

test('a branch that is deleted by hand is a rewritten history, and its messages come back', async () => {
  const folder = await temporaryFolder();
  const { url } = await startHere({ folder });
  const clone = join(folder, 'repos', 'messages');
  expect((await ask(url, 'POST', '/messages', { text: 'Not lost' })).status).toBe(201);
  await git(clone, 'checkout', '--quiet', '--detach', 'main');
  await git(clone, 'branch', '--quiet', '-D', 'main');
  await expect
    .poll(async () => (await ask(url, 'GET', '/repositories/messages')).json.state, { timeout: 10_000 })
    .toBe('rewritten');
  expect(await git(clone, 'for-each-ref', '--format=%(refname)', 'refs/gitpost/backup/')).not.toBe('');
  expect((await ask(url, 'POST', '/repositories/messages/resolve', { keep: 'local' })).status).toBe(200);
  expect((await ask(url, 'GET', '/messages')).json).toMatchObject([{ text: 'Not lost' }]);
});

test('a branch that cannot exist next to another is refused', async () => {
  const { url } = await startHere({});
  expect((await ask(url, 'POST', '/messages', { text: 'On main' })).status).toBe(201);
  for (const branch of ['main/x', 'refs/heads/other', '@', '-x']) {
    expect((await ask(url, 'PATCH', '/repositories/messages', { branch })).status, branch).toBe(400);
  }
});
