import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemOf } from '../support/api.ts';
import { bareRepository, git } from '../support/git.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

test('a folder that is not there, or is no repository, is refused and named', async () => {
  const folder = await temporaryFolder();
  const { api } = await startSmallApp(folder);
  const [empty, file] = [join(folder, 'empty'), join(folder, 'file.git')];
  await mkdir(empty);
  await writeFile(file, 'no folder\n');
  const add = (url: string) => api.send('POST', '/repositories', { json: { url, name: 'extra' } });
  for (const [url, what] of [
    [join(folder, 'notess.git'), 'There is no folder'],
    [`file://${folder}/notess.git`, 'There is no folder'],
    [join(file, 'below.git'), 'There is no folder'],
    [empty, 'is not a git repository'],
    [file, 'is not a git repository'],
  ] as const) {
    for (const answer of [
      await add(url),
      await api.send('PATCH', '/repositories/messages', { json: { url } }),
    ]) {
      const { detail, errors } = problemOf(answer, 400);
      expect(detail).toContain(what);
      expect(detail).toContain('Nothing was changed');
      expect(errors).toMatchObject([{ field: 'url' }]);
    }
  }
  expect(await readdir(folder)).not.toContain('notess.git');
  expect(await readdir(join(folder, 'repos'))).not.toContain('extra');
  expect((await api.repository()).url).toContain('remotes/messages.git');

  // A folder with a work tree is one, too.
  await git(empty, 'init', '--quiet');
  expect((await add(empty)).status).toBe(202);
});

test('a repository that was removed comes back while its disk is away', async () => {
  const folder = await temporaryFolder();
  const { api } = await startSmallApp(folder);
  const disk = await bareRepository(join(folder, 'disk', 'notes.git'));
  const add = () => api.send('POST', '/repositories', { json: { url: disk } });
  expect((await add()).status).toBe(202);
  await eventually(async () => (await api.repository('notes')).state === 'ready');
  expect((await api.send('DELETE', '/repositories/notes')).status).toBe(204);
  await rename(join(folder, 'disk'), join(folder, 'unplugged'));
  expect((await add()).status).toBe(202);
  await eventually(async () => (await api.repository('notes')).state !== 'cloning');
});
