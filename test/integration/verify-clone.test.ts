import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedArchive, verify, verifyMoved } from '../support/archive.ts';
import { cloneOf, commitFile, git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const { archive } = sharedArchive();

describe('the clone', () => {
  test('with a broken object is wrong, and nothing else is said of it', async () => {
    const { folder, clone } = await archive();
    const packs = join(clone, '.git/objects/pack');
    for (const name of (await readdir(packs)).filter((file) => file.endsWith('.pack')).slice(0, 1)) {
      const bytes = await readFile(join(packs, name));
      await chmod(join(packs, name), 0o600);
      bytes.fill(0, bytes.length >> 1, bytes.length - 20);
      await writeFile(join(packs, name), bytes);
    }
    const { code, found } = await verify(folder);
    expect([...new Set(found)]).toEqual(['wrong clone-broken']);
    expect(code).toBe(1);
  });

  test.each(['index.lock', 'HEAD.lock', 'refs/heads/main.lock', 'objects/maintenance.lock', 'gc.pid'])(
    'with a %s that was left is wrong, and with a young one a notice',
    async (name) => {
      const { folder, clone } = await archive();
      const lock = join(clone, '.git', name);
      await writeFile(lock, '');
      expect(await verify(folder)).toMatchObject({ code: 0, found: [`notice lock-left .git/${name}`] });
      await utimes(lock, new Date(), new Date(Date.now() - 120_000));
      expect(await verify(folder)).toMatchObject({ code: 1, found: [`wrong lock-left .git/${name}`] });
    },
  );

  test('with content that git has doubts about is checked like any other, with a notice', async () => {
    const { folder, clone } = await archive();
    const person = await cloneOf(join(folder, 'data/remotes/messages.git'), join(folder, 'person'));
    await commitFile(person, '.gitmodules', '[submodule "x"]\n\tpath = -x\n\turl = -u\n', 'A submodule');
    // A commit that git itself would not write.
    const commit = [
      `tree ${await git(person, 'rev-parse', 'HEAD^{tree}')}`,
      `parent ${await git(person, 'rev-parse', 'HEAD')}`,
      'author Eve <eve@example.org> 1700000000 +51800000',
      'committer Eve <eve@example.org> 1700000000 +0000',
      '',
      'Odd',
      '',
    ];
    await writeFile(join(folder, 'commit'), commit.join('\n'));
    const odd = await git(person, 'hash-object', '-t', 'commit', '-w', '--literally', join(folder, 'commit'));
    await git(person, 'merge', '--quiet', '-s', 'ours', '--no-ff', '-m', 'Take it in', odd);
    await git(person, 'push', '--quiet', 'origin', 'main');
    await git(clone, 'fetch', '--quiet', 'origin', 'main');
    await git(clone, 'merge', '--quiet', '--ff-only', 'FETCH_HEAD');
    await expect(git(clone, 'fsck')).rejects.toThrow('gitmodulesPath');

    const { code, found, stdout } = await verifyMoved(folder);
    expect(code).toBe(0);
    expect([...new Set(found)]).toEqual(['notice object-unusual']);
    for (const rule of ['gitmodulesPath', 'gitmodulesUrl', 'badTimezone']) expect(stdout).toContain(rule);
    expect(stdout).toMatch(/3 messages/);
  });

  test("with changes of a person's is a notice, and one whose own file is not as the branch has it", async () => {
    const { folder, clone, journal } = await archive();
    await writeFile(join(clone, 'notes.txt'), 'mine');
    await appendFile(join(clone, journal), 'more');
    const likeOurs = `attachments/ab/${'ab'.repeat(32)}.png`;
    await mkdir(dirname(join(clone, likeOurs)), { recursive: true });
    await writeFile(join(clone, likeOurs), 'mine, too');
    const { code, found } = await verify(folder);
    expect(code).toBe(0);
    expect(found.sort()).toEqual([
      `notice not-followed ${journal}`,
      `notice uncommitted ${likeOurs}`,
      'notice uncommitted notes.txt',
    ]);
  });

  test('whose history was rewritten is wrong', async () => {
    const { folder, clone } = await archive();
    await git(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
    const { api, stop } = await startHere({ folder });
    await eventually(async () => (await api.repository()).state === 'rewritten');
    await stop();
    expect(await verify(folder)).toMatchObject({ code: 1, found: ['wrong rewritten'] });
  });

  test('with a link in the place of the journal is wrong', async () => {
    const { folder, clone } = await archive();
    await rm(join(clone, 'messages'), { recursive: true });
    await symlink('.', join(clone, 'messages'));
    await git(clone, 'add', '--all');
    await git(clone, 'commit', '--quiet', '-m', 'a link');
    const { code, found } = await verifyMoved(folder);
    expect(found).toContain('wrong unsafe');
    expect(found.filter((one) => one.startsWith('wrong'))).toEqual(['wrong unsafe']);
    expect(code).toBe(1);
  });
});

describe('the remote', () => {
  test('that was set back is wrong', async () => {
    const { folder, remote } = await archive();
    await git(remote, 'update-ref', 'refs/heads/main', 'main~1');
    expect(await verify(folder)).toMatchObject({ code: 1, found: ['wrong remote-behind'] });
  });

  test('that has more is a notice', async () => {
    const { folder, remote } = await archive();
    const other = await cloneOf(remote, join(await temporaryFolder(), 'other'));
    await commitFile(other, 'notes.txt', 'theirs', 'notes');
    await git(other, 'push', '--quiet', 'origin', 'main');
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice remote-ahead'] });
  });

  test('whose branch or folder is gone is a notice', async () => {
    const { folder, remote } = await archive();
    await git(remote, 'update-ref', '-d', 'refs/heads/main');
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice remote-behind'] });
    await rm(remote, { recursive: true });
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice remote-offline'] });
  });

  test('that is no repository is wrong', async () => {
    const { folder, remote } = await archive();
    await rm(join(remote, 'HEAD'));
    expect(await verify(folder)).toMatchObject({ code: 1, found: ['wrong remote-refuses'] });
  });
});
