import { appendFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { watchFolders } from '../../../src/watching/folders.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

/** Watches a tree and answers what was told since it was last asked for. */
async function watched(root: string, isTelling = (_path: string): boolean => true) {
  const told = new Set<string>();
  const troubles: unknown[] = [];
  const end = watchFolders(root, {
    isTelling,
    onChange: (path) => void told.add(path),
    onTrouble: (error) => void troubles.push(error),
  });
  onTestFinished(() => {
    end();
    expect(troubles).toEqual([]);
  });
  // What is there is looked at first.
  await delay(200);
  const tells = async (...paths: readonly string[]) => {
    await eventually(async () => paths.every((path) => told.has(path)));
    told.clear();
  };
  return { told, tells, end };
}

test('tells of files that are made, appended to, replaced and taken away', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'a/b'), { recursive: true });
  await writeFile(join(root, 'a/b/old'), '1');
  const { told, tells } = await watched(root);
  expect([...told]).toEqual([]);
  await appendFile(join(root, 'a/b/old'), '2');
  await tells('a/b/old');
  await writeFile(join(root, 'a/new'), '1');
  await tells('a/new');
  await writeFile(join(root, 'beside'), '3');
  await rename(join(root, 'beside'), join(root, 'a/b/old'));
  await tells('a/b/old');
  await rm(join(root, 'a/b/old'));
  await tells('a/b/old');
});

test('follows folders that come with files in them, move, go and come back', async () => {
  const root = await temporaryFolder();
  const { tells } = await watched(root);
  await mkdir(join(root, 'a/b'), { recursive: true });
  await writeFile(join(root, 'a/b/one'), '1');
  await tells('a/');
  await eventually(async () => {
    await appendFile(join(root, 'a/b/one'), '2');
    return tells('a/b/one').then(() => true);
  });
  await rename(join(root, 'a'), join(root, 'c'));
  await tells('a', 'c/', 'c/b/');
  await appendFile(join(root, 'c/b/one'), '3');
  await tells('c/b/one');
  await rm(join(root, 'c'), { recursive: true });
  await tells('c');
  await mkdir(join(root, 'c'));
  await tells('c/');
  await writeFile(join(root, 'c/two'), '1');
  await tells('c/two');
});

test('says nothing of what is not asked for, and nothing when it has ended', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'in/deep'), { recursive: true });
  await mkdir(join(root, 'out/deep'), { recursive: true });
  const { told, tells, end } = await watched(root, (path) => /^in(\/|$)/.test(path));
  await writeFile(join(root, 'out/deep/file'), '1');
  await writeFile(join(root, 'out/file'), '1');
  await writeFile(join(root, 'in/deep/file'), '1');
  await delay(200);
  expect([...told]).toEqual(['in/deep/file']);
  await tells('in/deep/file');
  end();
  await writeFile(join(root, 'in/deep/another'), '1');
  await mkdir(join(root, 'in/new'));
  await delay(200);
  expect([...told]).toEqual([]);
});

test('does not follow a link out of the tree', async () => {
  const [root, outside] = [await temporaryFolder(), await temporaryFolder()];
  await symlink(outside, join(root, 'before'));
  const { told, tells } = await watched(root);
  await symlink(outside, join(root, 'after'));
  await tells('after');
  await writeFile(join(outside, 'file'), '1');
  await delay(200);
  expect([...told]).toEqual([]);
});

test.runIf(process.platform === 'linux')('needs a watch for each folder, and none for a file', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'a/b'), { recursive: true });
  for (let number = 0; number < 50; number += 1) await writeFile(join(root, 'a/b', String(number)), '');
  const before = await countWatches();
  const { end } = await watched(root);
  expect((await countWatches()) - before).toBe(3);
  end();
  expect(await countWatches()).toBe(before);
});

/** How many watches this process has of the system. */
async function countWatches(): Promise<number> {
  const folder = '/proc/self/fdinfo';
  const infos = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
  );
  return infos
    .join('\n')
    .split('\n')
    .filter((line) => line.startsWith('inotify wd:')).length;
}
