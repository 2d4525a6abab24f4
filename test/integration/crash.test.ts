import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { apiAt } from '../support/api.ts';
import { locksIn, statusOf } from '../support/clone-state.ts';
import { startDevice } from '../support/device.ts';
import { bareRepository, git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { copyOfFolder } from '../support/prepared.ts';
import { startProcess } from '../support/process.ts';
import { rounds } from '../support/rounds.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { together } from '../support/together.ts';
import { eventually } from '../support/wait.ts';
import { newCount } from '../torture/count.ts';
import { torture } from '../torture/torture.ts';

test('a mirror that was saved long before the end takes nothing out of the branch', async () => {
  const folder = await temporaryFolder();
  const clone = join(folder, 'repos/messages');
  const [mirror, older] = [join(folder, 'data/mirror'), join(folder, 'older')];
  const first = await startProcess({ folder });
  await apiAt(first.url).create({ text: 'First', createdAt: '2026-01-01T10:00:00.000Z' });
  expect((await first.stop()).code).toBe(0);
  await cp(mirror, older, { recursive: true });

  const second = await startProcess({ folder });
  const api = apiAt(second.url);
  const kept = await api.create({ text: 'In the same file', createdAt: '2026-01-01T11:00:00.000Z' });
  await eventually(async () => (await statusOf(clone)).length === 0);
  await api.create({ text: 'In another file', createdAt: '2026-01-02T10:00:00.000Z' });
  second.kill('SIGKILL');
  await second.exited;
  await rm(mirror, { recursive: true });
  await cp(older, mirror, { recursive: true });

  const third = apiAt((await startProcess({ folder })).url);
  expect(await third.message(kept.id)).toEqual(kept);
  expect(await third.messages()).toHaveLength(3);
  expect(await git(clone, 'rev-list', '--count', 'main')).toBe('3');
});

test.each([false, true])(
  'a commit by hand between a kill and the start takes no answered message out (mirror lost: %s)',
  async (isMirrorLost) => {
    const folder = await temporaryFolder();
    const clone = join(folder, 'repos/messages');
    const first = await startProcess({ folder });
    const api = apiAt(first.url);
    await api.create({ text: 'Followed' });
    await eventually(async () => (await statusOf(clone)).length === 0);
    await api.create({ text: 'Answered' });
    first.kill('SIGKILL');
    await first.exited;
    if (isMirrorLost) await rm(join(folder, 'data/mirror'), { recursive: true, force: true });
    await writeFile(join(clone, 'own.txt'), 'own');
    await git(clone, 'add', 'own.txt');
    await git(clone, 'commit', '--quiet', '-m', 'Mine');

    const second = apiAt((await startProcess({ folder })).url);
    expect((await second.messages()).map(({ text }) => text).sort()).toEqual(['Answered', 'Followed']);
    await eventually(async () => (await statusOf(clone)).length === 0);
    expect(await git(clone, 'show', 'main:own.txt')).toBe('own');
    expect((await second.sync('push')).status).toBe('pushed');
  },
);

test('killed at any moment, with and without its gits, it loses nothing and leaves nothing behind', async () => {
  const count = newCount();
  await torture(await temporaryFolder(), rounds(3, 12), 20_261_123, count);
  // How much depends on the machine; without any of it the test would say nothing.
  expect(count.promised.POST).toBeGreaterThan(rounds(5, 20));
});

describe('what a gitpost left that was cut off', () => {
  const inClone = [
    'HEAD.lock',
    'config.lock',
    'packed-refs.lock',
    'refs/heads/main.lock',
    'refs/remotes/origin/main.lock',
    'refs/gitpost/known/branch/main.lock',
  ];

  /** A gitpost with a message and a remote that was killed just now. */
  async function killed(text = 'Before') {
    const folder = await temporaryFolder();
    const clone = join(folder, 'repos/messages');
    const gitpost = await startProcess({ folder });
    const api = apiAt(gitpost.url);
    await api.create({ text });
    expect((await api.sync('push')).status).toBe('pushed');
    await eventually(async () => (await statusOf(clone)).length === 0);
    gitpost.kill('SIGKILL');
    await gitpost.exited;
    return { folder, clone, bare: join(folder, 'data/remotes/messages.git') };
  }

  async function put(path: string, content = 'cut off'): Promise<void> {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
  }

  test('of locks goes at the next start, in the clone and in its own bare repository', async () => {
    const { folder, clone, bare } = await killed();
    for (const name of inClone) await put(join(clone, '.git', name));
    await put(join(bare, 'refs/heads/main.lock'));
    const { url } = await startProcess({ folder });
    const api = apiAt(url);
    await api.create({ text: 'After' });
    expect((await api.sync('push')).status).toBe('pushed');
    // Index and work tree follow what was captured, for which the index is locked for a moment.
    expect((await locksIn(clone)).filter((name) => name !== 'index.lock')).toEqual([]);
    await eventually(async () => (await locksIn(clone)).length === 0);
    expect((await api.repository()).problems).toEqual([]);
  });

  test("of marks and half-made folders goes as well, and a person's marks stay", async () => {
    const { folder, clone } = await killed();
    const pack = join(clone, '.git/objects/pack');
    await put(join(clone, '.git/fast_import_crash_123'));
    await put(join(pack, 'pack-1.keep'), 'fast-import\n');
    await put(join(pack, 'pack-2.keep'), 'of mine\n');
    // Cut off before it could say why; and one that a person made with touch, for a pack that is there.
    await put(join(pack, 'pack-3.keep'), '');
    const [kept = ''] = (await readdir(pack)).filter((name) => name.endsWith('.pack'));
    await put(join(pack, kept.replace(/pack$/, 'keep')), '');
    await put(join(pack, 'tmp_pack_new'), 'PACK');
    await put(join(pack, 'tmp_pack_old'), 'PACK');
    const longAgo = new Date(Date.now() - 48 * 3600_000);
    await utimes(join(pack, 'tmp_pack_old'), longAgo, longAgo);
    await put(join(folder, 'repos/.new-abc/.git/HEAD'));
    await put(join(folder, 'data/remotes/.new-abc/HEAD'));
    const { url } = await startProcess({ folder });
    await apiAt(url).create({ text: 'After' });
    expect(existsSync(join(clone, '.git/fast_import_crash_123'))).toBe(false);
    expect(existsSync(join(pack, 'pack-1.keep'))).toBe(false);
    expect(existsSync(join(pack, 'pack-2.keep'))).toBe(true);
    expect(existsSync(join(pack, 'pack-3.keep'))).toBe(false);
    expect(existsSync(join(pack, kept.replace(/pack$/, 'keep')))).toBe(true);
    expect(existsSync(join(pack, 'tmp_pack_old'))).toBe(false);
    expect(existsSync(join(pack, 'tmp_pack_new'))).toBe(true);
    expect(existsSync(join(folder, 'repos/.new-abc'))).toBe(false);
    expect(existsSync(join(folder, 'data/remotes/.new-abc'))).toBe(false);
  });

  /** A work tree on its way from the one before last to the last commit, as the mark of a killed gitpost tells it. */
  async function onTheWay() {
    const scene = await killed('The first line of a file');
    const gitpost = await startProcess({ folder: scene.folder });
    const before = await git(scene.clone, 'rev-parse', 'main');
    await apiAt(gitpost.url).create({ text: 'The second line of the file' });
    await eventually(async () => (await statusOf(scene.clone)).length === 0);
    gitpost.kill('SIGKILL');
    await gitpost.exited;
    const [path = ''] = (await git(scene.clone, 'ls-files')).split('\n');
    const mark = { commit: before, operation: '  ', towards: await git(scene.clone, 'rev-parse', 'main') };
    await writeFile(join(scene.clone, '.git/gitpost/followed.json'), JSON.stringify(mark));
    return wayOf(scene.folder, path, before);
  }

  const wayOf = (folder: string, path: string, before: string) => {
    const clone = join(folder, 'repos/messages');
    const oldIndex = () => git(clone, 'read-tree', before);
    return { folder, clone, path, before, file: join(clone, path), oldIndex };
  };

  async function copyOf({ folder, path, before }: Awaited<ReturnType<typeof onTheWay>>) {
    return wayOf(await copyOfFolder(folder, await temporaryFolder()), path, before);
  }

  const damages = new Map<string, (scene: Awaited<ReturnType<typeof onTheWay>>) => Promise<unknown>>([
    ['a file that was taken away and not written', ({ file }) => rm(file)],
    ['an empty file', ({ file }) => truncate(file, 0)],
    ['half a file', async ({ file }) => truncate(file, (await readFile(file)).length - 20)],
    ['a new file and the old index', ({ oldIndex }) => oldIndex()],
    ['no file and the old index', async ({ file, oldIndex }) => rm(file).then(oldIndex)],
    [
      'the old file and the new index',
      async ({ file }) => writeFile(file, (await readFile(file, 'utf8')).replace(/[^\n]*\n$/, '')),
    ],
    ['a lock of the index', ({ clone }) => writeFile(join(clone, '.git/index.lock'), '')],
  ]);
  test('of the work tree is made good', async () => {
    const killed = await onTheWay();
    await together(damages, async (damage) => {
      const scene = await copyOf(killed);
      await damage(scene);
      const { stop } = await startHere({ folder: scene.folder });
      await eventually(async () => {
        expect(await locksIn(scene.clone)).toEqual([]);
        expect(await statusOf(scene.clone)).toEqual([]);
        return true;
      });
      await stop();
    });
  });

  test("of the work tree is not repaired if it is a person's", async () => {
    const scene = await onTheWay();
    await writeFile(scene.file, 'Something else\n');
    const gitpost = await startProcess({ folder: scene.folder });
    const api = apiAt(gitpost.url);
    await api.create({ text: 'Third' });
    expect((await api.repository()).problems).toMatchObject([
      { reason: expect.stringMatching(/not committed/) },
    ]);
    expect(await readFile(scene.file, 'utf8')).toBe('Something else\n');
  });
});

test('a clock that jumps back orders nothing wrong', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'messages.git'));
  const trouble: unknown[] = [];
  const device = await startDevice(folder, [remote], trouble);
  onTestFinished(() => device.stop());
  const post = async (text: string) =>
    (await device.request('POST', '/messages', { text })).json as { id: string; createdAt: string };
  const before = await post('Before');
  device.skew = -30 * 86_400_000;
  const after = await post('Written later, a month before');
  expect(after.createdAt < before.createdAt).toBe(true);
  const edited = await device.request('PATCH', `/messages/${before.id}`, { text: 'Edited' });
  expect(edited.json).toMatchObject({ text: 'Edited', revision: 2 });
  expect(edited.json).not.toHaveProperty('conflict');
  expect((await device.request('DELETE', `/messages/${after.id}`)).status).toBe(204);
  expect((await device.request('PATCH', `/messages/${after.id}`, { text: 'Back' })).status).toBe(200);
  expect((await device.request('POST', '/push')).status).toBe(200);
  await device.stop();
  await device.start();
  expect((await device.request('GET', '/messages')).json).toMatchObject([
    { text: 'Edited' },
    { text: 'Back' },
  ]);
  expect(trouble).toEqual([]);
});
