import { join } from 'node:path';
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
