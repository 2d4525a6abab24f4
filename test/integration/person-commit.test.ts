import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startDevice } from '../support/device.ts';
import { bareRepository, commitFile, git } from '../support/git.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

test("a person's commit before anything was checked out leaves no message out of the next one", async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const trouble: unknown[] = [];
  const device = await startDevice(folder, [remote], trouble);
  onTestFinished(() => device.stop());
  const [clone] = device.clones;
  const { status, json } = await device.request('POST', '/messages', { text: 'Captured' });
  expect(status).toBe(201);
  // The index does not hold the journal yet, and this commit leaves it so.
  await commitFile(clone, 'own.txt', 'own', 'A file of my own');
  await eventually(async () => (await git(clone, 'status', '--porcelain')) === '', 15_000);

  await commitFile(clone, 'other.txt', 'other', 'Another');
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--quiet', '--allow-empty', '-m', 'All that there is');
  expect((await device.request('POST', '/push')).status).toBe(200);
  expect((await device.request('GET', `/messages/${(json as { id: string }).id}`)).status).toBe(200);
  expect(await git(remote, 'grep', '-c', 'Captured', 'main')).toMatch(/:1$/);
  expect(trouble).toEqual([]);
});

test.each([
  ['at the first contact', 0],
  ['later on', 1],
])('a plain commit right after a pull takes nothing out that came in: %s', async (_, earlier) => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const trouble: unknown[] = [];
  const [ann, bob] = await Promise.all(
    ['ann', 'bob'].map(async (name) => {
      await mkdir(join(folder, name));
      const device = await startDevice(join(folder, name), [remote], trouble);
      onTestFinished(() => device.stop());
      return device;
    }),
  );
  if (!ann || !bob) throw new Error('Both were started');
  for (let number = 0; number < earlier; number += 1) {
    expect((await bob.request('POST', '/messages', { text: `Before ${number}` })).status).toBe(201);
    await eventually(async () => (await git(bob.clones[0], 'status', '--porcelain')) === '', 15_000);
    expect((await bob.request('POST', '/push')).status).toBe(200);
  }
  expect((await ann.request('POST', '/messages', { text: 'From Ann' })).status).toBe(201);
  expect((await ann.request('POST', '/push')).status).toBe(200);

  expect((await bob.request('POST', '/pull')).status).toBe(200);
  await writeFile(join(bob.clones[0], 'own.txt'), 'own');
  await git(bob.clones[0], 'add', 'own.txt');
  await git(bob.clones[0], 'commit', '--quiet', '-m', 'Mine');
  for (const device of [bob, ann]) {
    expect((await device.request('POST', '/push')).status).toBe(200);
    const { json } = await device.request('GET', '/messages');
    expect((json as { text: string }[]).map(({ text }) => text)).toContain('From Ann');
  }
  expect(await git(remote, 'show', 'main:own.txt')).toBe('own');
  expect(trouble).toEqual([]);
});

// Several at once, each with another pause, so that one commit comes while the one before it is looked at.
test.each([1, 2])('two commits in a row in the moment after a message take nothing out (%i)', async () => {
  const trouble: unknown[] = [];
  const all = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const folder = await temporaryFolder();
      const device = await startDevice(folder, [await bareRepository(join(folder, 'shared.git'))], trouble);
      onTestFinished(device.stop);
      return device;
    }),
  );
  await Promise.all(
    all.map(async ({ request, clones: [clone] }, index) => {
      expect((await request('POST', '/messages', { text: 'First' })).status).toBe(201);
      expect((await request('POST', '/messages', { text: 'Second' })).status).toBe(201);
      await commitFile(clone, 'notes.txt', 'mine', 'Notes');
      await delay(index * 30);
      await writeFile(join(clone, 'notes.txt'), 'mine, and more');
      await git(clone, 'add', '--all');
      await git(clone, 'commit', '--quiet', '-m', 'All');
      expect((await request('POST', '/pull')).status).toBe(200);
      const { json } = await request('GET', '/messages');
      expect((json as { text: string }[]).map(({ text }) => text).sort()).toEqual(['First', 'Second']);
    }),
  );
  expect(trouble).toEqual([]);
});
