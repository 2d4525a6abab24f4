import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchClones } from '../../../src/watching/clones.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

/** Watches a folder of clones; `reports` waits until these paths were reported since the last call. */
async function watched(root: string) {
  const reported = new Set<string>();
  const troubles: unknown[] = [];
  let isReady = false;
  await mkdir(join(root, 'ready'), { recursive: true });
  const watcher = watchClones(
    root,
    (name, paths) => {
      isReady ||= name === 'ready';
      for (const path of paths) reported.add(`${name}/${path}`);
    },
    (error) => void troubles.push(error),
  );
  onTestFinished(async () => {
    await watcher.close();
    expect(troubles).toEqual([]);
  });
  // Once all folders are watched, every clone is reported, in case something changed before.
  await eventually(async () => isReady);
  reported.clear();
  const reports = async (...paths: readonly string[]) => {
    await eventually(async () => paths.every((path) => reported.has(path)));
    reported.clear();
  };
  return { reported, reports, watcher };
}

async function clone(root: string, name = 'notes'): Promise<string> {
  await mkdir(join(root, name, '.git/refs/heads'), { recursive: true });
  await mkdir(join(root, name, 'messages/2026-11'), { recursive: true });
  await writeFile(join(root, name, 'messages/2026-11/old.jsonl'), '1');
  return join(root, name);
}

test('reports journals and refs that are made, appended to, replaced and deleted', async () => {
  const root = await temporaryFolder();
  const notes = await clone(root);
  const { reports } = await watched(root);
  await appendFile(join(notes, 'messages/2026-11/old.jsonl'), '2');
  await reports('notes/messages/2026-11/old.jsonl');
  await writeFile(join(notes, 'messages/new.jsonl'), '1');
  await reports('notes/messages/new.jsonl');
  await writeFile(join(root, 'other'), '3');
  await rename(join(root, 'other'), join(notes, 'messages/2026-11/old.jsonl'));
  await reports('notes/messages/2026-11/old.jsonl');
  await rm(join(notes, 'messages/2026-11/old.jsonl'));
  await reports('notes/messages/2026-11/old.jsonl');
  await writeFile(join(notes, '.git/refs/heads/main'), '1');
  await reports('notes/.git/refs/heads/main');
});

test('follows folders that come with files in them, move, go and come back', async () => {
  const root = await temporaryFolder();
  const notes = await clone(root);
  const { reported, reports } = await watched(root);
  await mkdir(join(notes, 'messages/bots/deep'), { recursive: true });
  await writeFile(join(notes, 'messages/bots/deep/one.jsonl'), '1');
  await reports('notes/messages/bots/');
  // Until the new folder is watched, a change in it is part of the report of the folder.
  await eventually(async () => {
    await appendFile(join(notes, 'messages/bots/deep/one.jsonl'), '2');
    return reported.has('notes/messages/bots/deep/one.jsonl');
  }, 30_000);
  reported.clear();
  await rename(join(notes, 'messages/bots'), join(notes, 'messages/programs'));
  await reports('notes/messages/bots', 'notes/messages/programs/', 'notes/messages/programs/deep/');
  await appendFile(join(notes, 'messages/programs/deep/one.jsonl'), '3');
  await reports('notes/messages/programs/deep/one.jsonl');
  await rm(join(notes, 'messages/programs'), { recursive: true });
  await reports('notes/messages/programs');
  await mkdir(join(notes, 'messages/programs'));
  await reports('notes/messages/programs/');
  await writeFile(join(notes, 'messages/programs/two.jsonl'), '1');
  await reports('notes/messages/programs/two.jsonl');
});

test.each<readonly [string, (notes: string) => void]>([
  [
    'deleted and made again',
    (notes) => {
      rmSync(join(notes, 'messages/2026-11'), { recursive: true });
      mkdirSync(join(notes, 'messages/2026-11'));
    },
  ],
  [
    'deleted and made again with the folders around it',
    (notes) => {
      rmSync(notes, { recursive: true });
      mkdirSync(join(notes, 'messages/2026-11'), { recursive: true });
    },
  ],
  [
    'replaced by another one',
    (notes) => {
      mkdirSync(join(notes, 'another'));
      renameSync(join(notes, 'messages/2026-11'), join(notes, 'before'));
      renameSync(join(notes, 'another'), join(notes, 'messages/2026-11'));
    },
  ],
])('keeps reporting from a folder that is %s at once', async (_how, replace) => {
  const root = await temporaryFolder();
  const notes = await clone(root);
  const { reports } = await watched(root);
  // Without a pause, the folder that is gone and the one that came can't be told apart by listing them.
  replace(notes);
  // Reported again once the new folder is watched.
  await reports('notes/messages/2026-11/');
  await writeFile(join(notes, 'messages/2026-11/late.jsonl'), '1');
  await reports('notes/messages/2026-11/late.jsonl');
});

test('reports what changed while the folders were being listed', async () => {
  const root = await temporaryFolder();
  await clone(root);
  const reported: string[] = [];
  const watcher = watchClones(
    root,
    (name, paths) => void reported.push(...[...paths].map((path) => `${name}/${path}`)),
    () => undefined,
  );
  onTestFinished(() => watcher.close());
  await eventually(async () => reported.includes('notes/.git') && reported.includes('notes/messages/'));
});

test('says nothing of other files, and nothing after it was closed', async () => {
  const root = await temporaryFolder();
  const notes = await clone(root);
  await mkdir(join(notes, 'docs/deep'), { recursive: true });
  await mkdir(join(notes, '.git/objects/aa'), { recursive: true });
  const { reported, reports, watcher } = await watched(root);
  await writeFile(join(notes, 'docs/deep/file'), '1');
  await writeFile(join(notes, 'docs/file'), '1');
  await writeFile(join(notes, '.git/objects/aa/file'), '1');
  await writeFile(join(notes, '.git/HEAD.lock'), '1');
  await mkdir(join(root, '.staging/messages'), { recursive: true });
  await writeFile(join(notes, 'messages/file.jsonl'), '1');
  await eventually(async () => reported.size > 0);
  expect([...reported]).toEqual(['notes/messages/file.jsonl']);
  await reports('notes/messages/file.jsonl');
  await watcher.close();
  await writeFile(join(notes, 'messages/another.jsonl'), '1');
  // A watcher that starts now and hears of a later change shows that the earlier one had its time.
  const later = await watched(root);
  await writeFile(join(notes, 'messages/third.jsonl'), '1');
  await later.reports('notes/messages/third.jsonl');
  expect([...reported]).toEqual([]);
});

test('does not follow a link out of the tree', async () => {
  const [root, outside] = [await temporaryFolder(), await temporaryFolder()];
  const notes = await clone(root);
  await mkdir(join(outside, 'deep'));
  await symlink(outside, join(notes, 'messages/before'));
  const { reported, reports } = await watched(root);
  await symlink(outside, join(notes, 'messages/after'));
  await reports('notes/messages/after');
  await writeFile(join(outside, 'deep/file'), '1');
  await writeFile(join(outside, 'file'), '1');
  await writeFile(join(notes, 'messages/inside.jsonl'), '1');
  await eventually(async () => reported.has('notes/messages/inside.jsonl'));
  expect([...reported]).toEqual(['notes/messages/inside.jsonl']);
});

test.runIf(process.platform === 'linux')('needs a watch for each folder, and none for a file', async () => {
  const root = await temporaryFolder();
  const notes = await clone(root);
  for (let number = 0; number < 50; number += 1) {
    await writeFile(join(notes, 'messages/2026-11', `${number}.jsonl`), '');
  }
  const before = await countWatches();
  const { watcher } = await watched(root);
  // The root, `ready`, `notes`, and in it `.git`, `refs`, `heads`, `messages` and the month.
  expect((await countWatches()) - before).toBe(8);
  await watcher.close();
  expect(await countWatches()).toBe(before);
});

/** How many watches of the system this process has. */
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
