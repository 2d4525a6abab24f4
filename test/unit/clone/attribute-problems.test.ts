import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { bareRepository, cloneOf, git } from '../../support/git.ts';
import { type Managed, startManager } from '../../support/manager.ts';
import { lineNumber, pull, push, statusOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

/** A person pushes these files; each time with another commit. */
async function scene() {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'remote.git'));
  const work = await cloneOf(remote, join(folder, 'work'));
  const give = async (files: Record<string, string>) => {
    await git(work, 'fetch', '--quiet');
    // The first time there is nothing yet.
    await git(work, 'reset', '--quiet', '--hard', 'origin/main').catch(() => undefined);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(work, path)), { recursive: true });
      await writeFile(join(work, path), content);
    }
    // Filters that are not installed here must not keep the person from committing.
    await git(work, '-c', 'filter.lfs.clean=cat', '-c', 'filter.git-crypt.clean=cat', 'add', '.');
    await git(work, 'commit', '--quiet', '-m', 'files');
    await git(work, 'push', '--quiet', 'origin', 'HEAD:main');
  };
  return { folder, remote, give, start: () => startManager(folder, [remote]) };
}

const told = (managed: Managed) =>
  statusOf(managed)?.problems.map(({ file, reason }) => `${file} ${reason}`) ?? [];

test('files that Git LFS keeps are named, since only pointers to them are pushed', async () => {
  const { give, start } = await scene();
  await give({
    '.gitattributes': '*.psd filter=lfs diff=lfs merge=lfs -text\n',
    'a/one.psd': '1',
    'two.psd': '2',
  });
  const managed = await start();
  const [line, ...more] = await eventually(async () => told(managed).length > 0 && told(managed));
  expect(line).toMatch(
    /^a\/one\.psd is kept by Git LFS, like 1 other file\..*git lfs push --all origin main$/,
  );
  expect(more).toEqual([]);
  // Nothing is asked for a capture, and nothing is left behind.
  await managed.add(lineNumber(1));
  expect(told(managed)).toHaveLength(1);
});

test('a filter on what gitpost writes is named, since it is committed as it is', async () => {
  const { give, start } = await scene();
  await give({ 'README.md': 'x' });
  const managed = await start();
  await managed.add(lineNumber(1));
  await push(managed);
  expect(told(managed)).toEqual([]);
  await give({
    '.gitattributes':
      'messages/** filter=git-crypt diff=git-crypt\n*.jsonl eol=crlf merge=ours ident\n' +
      'attachments/** text working-tree-encoding=UTF-16 export-ignore\n',
  });
  await pull(managed);
  const lines = await eventually(async () => told(managed).length >= 7 && told(managed));
  const said = (folder: string) =>
    lines
      .flatMap((line) => new RegExp(`^${folder}/ has the attribute ([^,]+),`).exec(line)?.[1] ?? [])
      .sort();
  expect(said('messages')).toEqual(['eol=crlf', 'filter=git-crypt', 'ident', 'merge=ours']);
  expect(said('attachments')).toEqual(['export-ignore', 'text', 'working-tree-encoding=UTF-16']);
  expect(lines.join('\n')).toMatch(
    /filter=git-crypt, and gitpost runs no filters: what it commits there is plain/,
  );
  // It goes away with its cause.
  await give({ '.gitattributes': '* text=auto\nattachments/** -text\n' });
  await pull(managed);
  await eventually(async () => told(managed).length === 0);
});

test("attributes of the clone's own count, except those that gitpost sets there", async () => {
  const { give, start } = await scene();
  await give({ 'big.bin': 'x' });
  const managed = await start();
  await managed.add(lineNumber(1));
  await push(managed);
  expect(told(managed)).toEqual([]);
  await appendFile(join(managed.clone(), '.git/info/attributes'), '*.bin filter=lfs\n');
  await push(managed);
  await eventually(async () => told(managed).some((line) => line.startsWith('big.bin is kept by Git LFS.')));
  expect(told(managed)).toHaveLength(1);
  await managed.close();
  expect(await readdir(join(managed.clone(), '.git/gitpost')).catch(() => [])).not.toContain('attributes');
});
