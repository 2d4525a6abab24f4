import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { countObjects, estimateObjects } from '../../../src/git/objects.ts';
import { locksIn } from '../../support/clone-state.ts';
import { contextOf } from '../../support/context.ts';
import { git } from '../../support/git.ts';
import { startManager } from '../../support/manager.ts';
import { lineNumber, textsOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

const filesIn = (clone: string, folder: string) => readdir(join(clone, folder)).catch(() => []);

/** The packs in a folder that are gone, and that a process still has in memory. */
async function deletedPacksIn(folder: string): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const maps = await Promise.all(
    processes.map((pid) => readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '')),
  );
  return maps
    .join('\n')
    .split('\n')
    .filter((line) => line.includes(`${folder}/.git`) && line.endsWith('(deleted)'));
}

test('many small packs become few when nobody writes, with a commit-graph, and nothing is lost', async () => {
  const managed = await startManager(await temporaryFolder());
  const clone = managed.clone();
  const ids: string[] = [];
  for (let number = 1; number <= 60; number += 1) ids.push(await managed.add(lineNumber(number)));
  expect((await countObjects(contextOf(clone))).packs).toBeGreaterThanOrEqual(60);
  await eventually(async () => {
    expect((await countObjects(contextOf(clone))).packs).toBeLessThan(10);
    await git(clone, 'commit-graph', 'verify');
    expect(await filesIn(clone, '.git/objects/info/commit-graphs')).not.toEqual([]);
    return true;
  });
  // What still had them open would search them for good.
  if (existsSync('/proc/self/maps')) await eventually(async () => (await deletedPacksIn(clone)).length === 0);
  // The one that writes goes on after its packs have gone.
  ids.push(await managed.add(lineNumber(61)));
  expect((await git(clone, 'rev-list', 'main')).split('\n').reverse()).toEqual(ids);
  expect(await textsOf(managed)).toHaveLength(61);
  await git(clone, 'fsck', '--strict');
  await managed.close();
  expect(await locksIn(clone)).toEqual([]);
  expect(managed.troubles).toEqual([]);
});

test('many loose objects are packed, too, reachable or not', async () => {
  const root = await temporaryFolder();
  const managed = await startManager(root);
  const clone = managed.clone();
  const folder = join(root, 'loose');
  await mkdir(folder);
  // How many there are is estimated from some folders, so the contents are the same in each run.
  const paths = Array.from({ length: 2500 }, (_, number) => join(folder, `${number}`));
  for (const path of paths) await writeFile(path, basename(path));
  await git(clone, 'hash-object', '-w', ...paths);
  expect((await estimateObjects(contextOf(clone))).loose).toBeGreaterThan(2000);
  await managed.add(lineNumber(1));
  await eventually(async () => (await countObjects(contextOf(clone))).loose < 100);
  const [id = ''] = (await git(clone, 'hash-object', paths[0] ?? '')).split('\n');
  expect(await git(clone, 'cat-file', 'blob', id)).toBe('0');
});
