import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bareRepository, cloneOf, commitFile, git } from '../../support/git.ts';
import { startManager } from '../../support/manager.ts';
import { lineNumber, pull, push, rawsIn, statusOf, textsOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';

describe('lines that cannot be read', () => {
  test('are reported with file and number, and nothing else suffers', async () => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'shared.git'));
    const work = await cloneOf(remote, join(folder, 'work'));
    await git(work, 'checkout', '--quiet', '-b', 'main');
    const file = 'messages/ä other.jsonl';
    const good = lineNumber(1);
    await commitFile(work, file, `${good.raw}\n\nnot json\n{"v":2}\n`, 'another program');
    await git(work, 'push', '--quiet', 'origin', 'main');
    const managed = await startManager(folder, [remote]);
    const problem = (line: number, reason: RegExp) => ({ file, line, reason: expect.stringMatching(reason) });
    expect(await textsOf(managed)).toEqual(['message 1']);
    expect(statusOf(managed)).toMatchObject({
      state: 'ready',
      problems: [problem(3, /JSON/), problem(4, /version 2/)],
    });
    await managed.add(lineNumber(2));
    await push(managed);
    expect(statusOf(managed)?.problems).toHaveLength(2);

    await git(work, 'pull', '--quiet', '--no-rebase', 'origin', 'main');
    await commitFile(
      work,
      file,
      `${good.raw}\n\nnot json\n{"v":2}\n${lineNumber(3).raw}\n\nhalf {\n`,
      'more',
    );
    await git(work, 'push', '--quiet', 'origin', 'main');
    expect(await pull(managed)).toMatchObject({ status: 'pulled', pulled: 1 });
    expect(statusOf(managed)?.problems.map(({ line }) => line)).toEqual([3, 4, 7]);

    await commitFile(work, file, `${good.raw}\n`, 'mended');
    await git(work, 'push', '--quiet', 'origin', 'main');
    await pull(managed);
    expect(statusOf(managed)?.problems).toEqual([]);
    expect(await textsOf(managed)).toEqual(['message 2', 'message 1']);
  });

  test('are kept byte for byte through syncs', async () => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'shared.git'));
    const work = await cloneOf(remote, join(folder, 'work'));
    await git(work, 'checkout', '--quiet', '-b', 'main');
    const bytes = Buffer.concat([Buffer.from([0xff, 0x00, 0x0d, 0x0a]), Buffer.from('{"v":9}\r\n\n\nx')]);
    await commitFile(work, 'messages/odd.jsonl', bytes, 'another program');
    await git(work, 'push', '--quiet', 'origin', 'main');
    const blob = await git(remote, 'rev-parse', 'main:messages/odd.jsonl');
    const managed = await startManager(folder, [remote]);
    await managed.add(lineNumber(1));
    await push(managed);
    expect(await git(remote, 'rev-parse', 'main:messages/odd.jsonl')).toBe(blob);
  });
});

describe('if `messages` is not a folder', () => {
  const made: readonly (readonly [string, (work: string) => Promise<unknown>])[] = [
    ['a file', (work) => writeFile(join(work, 'messages'), 'a list\n')],
    ['a link', (work) => symlink('/nonexistent', join(work, 'messages'))],
    [
      'a link to a folder of the repository',
      async (work) => {
        await mkdir(join(work, 'docs'));
        await writeFile(join(work, 'docs/a.jsonl'), `${lineNumber(5).raw}\n`);
        await symlink('docs', join(work, 'messages'));
      },
    ],
  ];

  test.each(made)('%s: nothing is written there, and the other repositories continue', async (_, make) => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'shared.git'));
    const work = await cloneOf(remote, join(folder, 'work'));
    await git(work, 'checkout', '--quiet', '-b', 'main');
    await make(work);
    await git(work, 'add', '.');
    await git(work, 'commit', '--quiet', '-m', 'in the way');
    await git(work, 'push', '--quiet', 'origin', 'main');
    const tip = await git(remote, 'rev-parse', 'main');
    const managed = await startManager(folder, ['messages', remote]);
    expect(statusOf(managed, 'shared')).toMatchObject({ state: 'unsafe', messages: 0 });
    expect(await managed.manager.capture('shared', lineNumber(1))).toMatchObject({
      ok: false,
      failure: { code: 'unavailable', detail: expect.stringContaining('messages') },
    });
    await managed.add(lineNumber(1));
    await managed.manager.push(['shared', 'messages']);
    expect(await git(remote, 'rev-parse', 'main')).toBe(tip);
    expect(statusOf(managed, 'shared')?.state).toBe('unsafe');

    await git(work, 'rm', '--quiet', 'messages');
    await git(work, 'commit', '--quiet', '-m', 'out of the way');
    await git(work, 'push', '--quiet', 'origin', 'main');
    await managed.manager.pull(['shared']);
    expect(statusOf(managed, 'shared')?.state).toBe('ready');
    await managed.add(lineNumber(1), 'shared');
    expect(await rawsIn(managed.clone('shared'))).toEqual([lineNumber(1).raw]);
  });

  test('a file with the name of a month is not overwritten', async () => {
    const path = 'messages/2026-11';
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'shared.git'));
    const work = await cloneOf(remote, join(folder, 'work'));
    await git(work, 'checkout', '--quiet', '-b', 'main');
    await commitFile(work, path, 'what a person wrote\n', 'in the way');
    await git(work, 'push', '--quiet', 'origin', 'main');
    const managed = await startManager(folder, [remote]);
    // Whether it is refused or goes elsewhere: the file stays.
    await managed.manager.capture('shared', lineNumber(1));
    await push(managed);
    for (const repository of [managed.clone(), remote]) {
      expect(await git(repository, 'show', `main:${path}`)).toBe('what a person wrote');
    }
  });

  test('a folder of that name that a person has not committed stays', async () => {
    const managed = await startManager(await temporaryFolder());
    const file = join(managed.clone(), 'messages');
    await writeFile(file, 'my list\n');
    await managed.add(lineNumber(1));
    await managed.close();
    expect(await readFile(file, 'utf8')).toBe('my list\n');
  });

  test('a link of that name that a person has not committed stays', async () => {
    const folder = await temporaryFolder();
    const managed = await startManager(folder);
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await symlink(outside, join(managed.clone(), 'messages'));
    await managed.add(lineNumber(1));
    await managed.close();
    expect(await readlink(join(managed.clone(), 'messages'))).toBe(outside);
    expect(await readdir(outside)).toEqual([]);
  });
});

describe('a clone that can not be used', () => {
  test('is reported, and the others continue', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'repos/broken'), { recursive: true });
    await writeFile(join(root, 'repos/broken/file.txt'), 'mine\n');
    const managed = await startManager(root, ['messages', 'broken']);
    expect(statusOf(managed, 'broken')).toMatchObject({
      state: 'failed',
      error: { detail: expect.stringContaining('broken'), action: expect.stringMatching(/\S/) },
    });
    expect(await managed.manager.capture('broken', lineNumber(1))).toMatchObject({
      ok: false,
      failure: { code: 'unavailable' },
    });
    await managed.add(lineNumber(1));
    const results = await managed.manager.push(['messages', 'broken']);
    expect(results.map(({ status }) => status)).toEqual(['pushed', 'failed']);
    expect(await readFile(join(root, 'repos/broken/file.txt'), 'utf8')).toBe('mine\n');
  });
});
