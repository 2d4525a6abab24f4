import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leaveLock } from '../support/clone-state.ts';
import { type Device, startDevice } from '../support/device.ts';
import { bareRepository, cloneOf, commitFile, git } from '../support/git.ts';
import { lineNumber } from '../support/repositories.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

interface Scene {
  readonly device: Device;
  readonly clone: string;
  readonly remote: string;
  /** Somebody else's clone of the same remote. */
  readonly other: string;
}

/** A device with three messages that the remote has, too. */
async function scene(): Promise<Scene> {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const device = await startDevice(folder, [remote], []);
  onTestFinished(() => device.stop());
  const [clone] = device.clones;
  await commitFile(clone, 'notes.txt', 'before\n', 'Notes');
  await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
  for (const number of [1, 2, 3]) await post(device, `Pushed ${number}`);
  expect((await device.request('POST', '/push')).status).toBe(200);
  await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
  return { device, clone, remote, other: await cloneOf(remote, join(folder, 'other')) };
}

async function post(device: Device, text: string): Promise<void> {
  expect((await device.request('POST', '/messages', { text })).status).toBe(201);
}

const shown = async ({ device }: Scene) =>
  ((await device.request('GET', '/messages?limit=200')).json as { text: string }[]).map(({ text }) => text);

const resolve = ({ device }: Scene, keep: string) =>
  device.request('POST', '/repositories/shared/resolve', { keep });

async function pullsRewritten({ device }: Scene): Promise<void> {
  const { json } = await device.request('POST', '/pull');
  expect(JSON.stringify(json)).toContain('"rewritten"');
}

test('for the remote, all that it never had comes along in one step, or nothing happens', async () => {
  const made = await scene();
  const { device, clone, remote } = made;
  await git(remote, 'update-ref', 'refs/heads/main', 'main~1');
  const own = Array.from({ length: 40 }, (_, index) => `Mine ${index}`);
  for (const text of own) await post(device, text);
  await pullsRewritten(made);
  const before = await git(clone, 'rev-parse', 'main');
  await leaveLock(clone, 'refs/heads/main.lock');
  expect((await resolve(made, 'remote')).status).toBe(409);
  expect(await git(clone, 'rev-parse', 'main')).toBe(before);
  expect(await shown(made)).toHaveLength(43);

  await rm(join(clone, '.git/refs/heads/main.lock'));
  expect((await resolve(made, 'remote')).status).toBe(200);
  expect((await shown(made)).sort()).toEqual(['Pushed 1', 'Pushed 2', ...own].sort());
  // The branch has moved once, to a commit that holds everything.
  expect(await git(clone, 'rev-parse', 'main@{1}')).toBe(before);
  expect((await device.request('POST', '/push')).status).toBe(200);
  expect(await git(remote, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
  expect((await device.request('GET', '/verify')).json).toMatchObject({ status: 'ok' });
});

test('for our side, a folder of the name of a journal takes the place of nothing', async () => {
  const made = await scene();
  const { device, clone, remote, other } = made;
  const journal = await git(clone, 'ls-files', 'messages');
  await git(other, 'reset', '--quiet', '--hard', 'HEAD~1');
  await git(other, 'rm', '--quiet', journal);
  await mkdir(join(other, journal), { recursive: true });
  await writeFile(join(other, journal, 'x.jsonl'), `${lineNumber(7).raw}\n`);
  await git(other, 'add', '--all');
  await git(other, 'commit', '--quiet', '-m', 'A folder');
  await git(other, 'push', '--quiet', '--force', 'origin', 'HEAD:main');
  await post(device, 'Mine');
  await pullsRewritten(made);
  expect((await resolve(made, 'local')).status).toBe(200);
  const all = ['Mine', 'Pushed 1', 'Pushed 2', 'Pushed 3', 'message 7'];
  expect((await shown(made)).sort()).toEqual(all);
  expect((await device.request('POST', '/push')).status).toBe(200);
  const files = (await git(remote, 'ls-tree', '-r', '--name-only', 'main')).split('\n');
  expect(files).toEqual([journal, expect.stringMatching(/^messages\/kept\/[0-9a-f]+\.jsonl$/), 'notes.txt']);
  await device.stop();
  await rm(join(device.folder, 'data/mirror'), { recursive: true });
  await device.start();
  await eventually(async () => (await shown(made)).length === all.length);
});

test('for our side, what else the remote has stays, and what both changed is there twice', async () => {
  const made = await scene();
  const { device, clone, remote, other } = made;
  await commitFile(clone, 'notes.txt', 'mine\n', 'Mine');
  await git(other, 'reset', '--quiet', '--hard', 'HEAD~2');
  await commitFile(other, 'notes.txt', 'theirs\n', 'Theirs');
  await commitFile(other, 'docs/plan.md', 'a plan\n', 'A plan');
  await git(other, 'push', '--quiet', '--force', 'origin', 'HEAD:main');
  await pullsRewritten(made);
  expect((await resolve(made, 'local')).status).toBe(200);
  expect((await device.request('POST', '/push')).status).toBe(200);
  const theirs = `notes.txt.remote-${(await git(other, 'rev-parse', 'HEAD')).slice(0, 7)}`;
  expect(await git(remote, 'show', 'main:notes.txt')).toBe('mine');
  expect(await git(remote, 'show', `main:${theirs}`)).toBe('theirs');
  expect(await git(remote, 'show', 'main:docs/plan.md')).toBe('a plan');
  expect(await shown(made)).toHaveLength(3);
});
