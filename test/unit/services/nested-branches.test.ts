import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { leaveLock } from '../../support/clone-state.ts';
import { bareRepository, cloneOf, commitFile, git } from '../../support/git.ts';
import { startGitServer } from '../../support/git-server.ts';
import { type Managed, startManager } from '../../support/manager.ts';
import { lineNumber, pull, push, statusOf, textsOf } from '../../support/repositories.ts';
import { rounds } from '../../support/rounds.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

/** One gitpost with a remote of the test's own, and one message on `main` that was pushed. */
async function scene() {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const managed = await startManager(folder, [remote]);
  await managed.add(lineNumber(1));
  expect(await push(managed)).toMatchObject({ status: 'pushed' });
  return { folder, remote, managed, clone: managed.clone() };
}

const use = (managed: Managed, branch: string) =>
  managed.manager.membership.change(managed.manager.primary, { branch });

const setting = (clone: string, name: string) => git(clone, 'config', '--local', `gitpost.${name}`);

/** Captures and pushes one message, and judges both with plain git. */
async function judge(managed: Managed, remote: string, branch: string, number: number): Promise<void> {
  const commit = await managed.add(lineNumber(number));
  await git(managed.clone(), 'merge-base', '--is-ancestor', commit, `refs/heads/${branch}`);
  expect(await push(managed)).toMatchObject({ status: 'pushed' });
  await git(remote, 'merge-base', '--is-ancestor', commit, `refs/heads/${branch}`);
  expect(statusOf(managed)).toMatchObject({ branch, state: 'ready', ahead: 0 });
}

describe('a branch whose name nests with that of an earlier one', () => {
  for (const [first, second] of [
    ['feat', 'feat/x'],
    ['feat/x', 'feat'],
  ] as const) {
    test(`can be used once the earlier one is deleted here and on the remote: ${first}, then ${second}`, async () => {
      const { folder, remote, managed, clone } = await scene();
      expect(await use(managed, first)).toMatchObject({ ok: true });
      await judge(managed, remote, first, 2);
      expect(await use(managed, 'main')).toMatchObject({ ok: true });
      await judge(managed, remote, 'main', 3);
      await git(clone, 'branch', '-D', first);
      await git(remote, 'branch', '-D', first);

      expect(await use(managed, second)).toMatchObject({ ok: true });
      await judge(managed, remote, second, 4);
      await managed.close();
      const again = await startManager(folder, [remote]);
      expect(statusOf(again)).toMatchObject({ branch: second, state: 'ready' });
      await judge(again, remote, second, 5);
      expect([...managed.troubles, ...again.troubles]).toEqual([]);
      await git(clone, 'fsck', '--strict', '--no-dangling');
    });

    test(`can be used after the remote has traded the one for the other: ${first} for ${second}`, async () => {
      const { remote, managed, clone } = await scene();
      expect(await use(managed, first)).toMatchObject({ ok: true });
      await judge(managed, remote, first, 2);
      expect(await use(managed, 'main')).toMatchObject({ ok: true });
      await git(clone, 'branch', '-D', first);
      await git(remote, 'branch', 'aside', first);
      await git(remote, 'branch', '-D', first);
      await git(remote, 'branch', second, 'aside');

      expect(await use(managed, second)).toMatchObject({ ok: true });
      expect(await pull(managed)).toMatchObject({ status: 'pulled' });
      expect((await textsOf(managed)).sort()).toEqual(['message 1', 'message 2']);
      await judge(managed, remote, second, 3);
      expect(managed.troubles).toEqual([]);
    });

    test(`is refused in words while the clone has the other one: ${first}, then ${second}`, async () => {
      const { folder, remote, managed, clone } = await scene();
      await git(clone, 'branch', first);
      const refs = await git(clone, 'for-each-ref', 'refs/heads', 'refs/remotes');
      const refused = await use(managed, second);
      expect(refused).toMatchObject({ ok: false, failure: { code: 'invalid' } });
      expect(JSON.stringify(refused)).toContain(first);
      expect(await git(clone, 'for-each-ref', 'refs/heads', 'refs/remotes')).toBe(refs);
      expect(await setting(clone, 'branch')).toBe('main');
      await judge(managed, remote, 'main', 2);
      await managed.close();
      const again = await startManager(folder, [remote]);
      await judge(again, remote, 'main', 3);
    });

    test(`is captured to while the remote has the other one, which a push says: ${first} there, ${second} here`, async () => {
      const { remote, managed } = await scene();
      await git(remote, 'branch', first);
      expect(await use(managed, second)).toMatchObject({ ok: true });
      await managed.add(lineNumber(2));
      const pushed = await push(managed);
      expect(pushed).toMatchObject({ status: 'rejected' });
      expect(statusOf(managed)?.error?.detail).toContain(`branch ${first}`);
      await git(remote, 'branch', '-D', first);
      await judge(managed, remote, second, 3);
    });

    test(`is said when a person puts it in the place of the branch in use: ${second} for ${first}`, async () => {
      const { remote, managed, clone } = await scene();
      expect(await use(managed, first)).toMatchObject({ ok: true });
      await judge(managed, remote, first, 2);
      await git(clone, 'checkout', '-q', 'main');
      await git(clone, 'branch', '-D', first);
      await git(clone, 'branch', second);
      const name = managed.manager.primary;
      const refused = await managed.manager.capture(name, lineNumber(3));
      expect(refused).toMatchObject({ ok: false, failure: { code: 'unavailable' } });
      expect(JSON.stringify(refused)).toContain(`branch ${second}`);
      await git(clone, 'branch', '-D', second);
      await managed.add(lineNumber(4));
    });
  }

  test('is no riddle before the first message, either', async () => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'shared.git'));
    const managed = await startManager(folder, [remote]);
    expect(await use(managed, 'feat')).toMatchObject({ ok: true });
    expect(await use(managed, 'feat/x')).toMatchObject({ ok: true });
    await judge(managed, remote, 'feat/x', 1);
    expect(await use(managed, 'feat')).toMatchObject({ ok: false, failure: { code: 'invalid' } });
    await judge(managed, remote, 'feat/x', 2);
  });
});

describe('the name of a branch', () => {
  const names = [
    ['Feat', 'feat'],
    ['a.b/c+d', 'a%2eb'],
    ['fix#1', "o'neil", 'ü/ö', 'a"b', 'x@y', 'a,b;c&d', '💬'],
    ['gitpost/known', 'known/branch/main', 'origin/main', 'heads/main', 'tags/v1', 'FETCH_HEADS'],
    ['k'.repeat(240), `${'U'.repeat(120)}/${'V'.repeat(120)}`],
  ];
  for (const together of names) {
    test(`may be odd: ${together.join(', ').slice(0, 60)}`, async () => {
      const { folder, remote, managed } = await scene();
      let number = 1;
      for (const branch of [...together, 'main', ...together]) {
        expect(await use(managed, branch)).toMatchObject({ ok: true });
        await judge(managed, remote, branch, ++number);
      }
      expect(managed.troubles).toEqual([]);
      await managed.close();
      const again = await startManager(folder, [remote]);
      await judge(again, remote, together.at(-1) ?? '', ++number);
    });
  }

  test('is refused in words, and nothing changes, if git could read it as something else', async () => {
    const { remote, managed, clone } = await scene();
    const state = async () => [
      await git(clone, 'for-each-ref', 'refs/heads', 'refs/remotes'),
      await git(clone, 'config', '--local', '--list'),
    ];
    const before = await state();
    const names = ['HEAD', 'HEAD/x', 'refs/heads/x', '@', '-x', 'a..b', 'k'.repeat(300), 'x.lock', ''];
    for (const branch of names) {
      const refused = await use(managed, branch);
      expect(refused, branch).toMatchObject({ ok: false, failure: { code: 'invalid' } });
      expect(await state(), branch).toEqual(before);
    }
    await judge(managed, remote, 'main', 2);
  });
});

test('what was known of a branch before names were encoded is still known', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const managed = await startManager(folder, [remote]);
  for (const number of [1, 2]) await managed.add(lineNumber(number));
  expect(await use(managed, 'Feat/x')).toMatchObject({ ok: true });
  await managed.add(lineNumber(3));
  await managed.manager.find(managed.manager.primary)?.refreshDetails();
  await managed.close();
  const clone = managed.clone();
  // The refs as an earlier version kept them.
  for (const line of (await git(clone, 'for-each-ref', '--format=%(refname)', 'refs/gitpost/')).split('\n')) {
    await git(clone, 'update-ref', '-d', line);
  }
  const lost = await git(clone, 'rev-parse', 'refs/heads/Feat/x');
  await git(clone, 'update-ref', 'refs/gitpost/known/branch/Feat/x', lost);
  await git(clone, 'update-ref', 'refs/gitpost/known/branch/main', 'refs/heads/main');
  await git(clone, 'update-ref', 'refs/heads/Feat/x', `${lost}~1`);
  const again = await startManager(folder, [remote]);
  expect(statusOf(again)).toMatchObject({ state: 'rewritten', branch: 'Feat/x' });
  expect(await git(clone, 'for-each-ref', 'refs/gitpost/known/')).toBe('');
});

describe('a change of branch that cannot be finished', () => {
  test('leaves everything as it was while another git holds the configuration', async () => {
    const { remote, managed, clone } = await scene();
    const state = async () => [
      await git(clone, 'for-each-ref', 'refs/heads', 'refs/remotes'),
      await git(clone, 'config', '--local', '--list'),
      await git(clone, 'symbolic-ref', 'HEAD'),
      await git(clone, 'status', '--porcelain'),
    ];
    await managed.manager.find(managed.manager.primary)?.refreshDetails();
    const before = await state();
    await leaveLock(clone, 'config.lock');
    expect(await use(managed, 'feat')).toMatchObject({ ok: false, failure: { code: 'unavailable' } });
    await rm(join(clone, '.git/config.lock'));
    expect(await state()).toEqual(before);
    await judge(managed, remote, 'main', 2);
    expect(await use(managed, 'feat')).toMatchObject({ ok: true });
    await judge(managed, remote, 'feat', 3);
  });

  test('leaves everything as it was while another git holds what is known of the branch', async () => {
    const { remote, managed, clone } = await scene();
    await managed.manager.find(managed.manager.primary)?.refreshDetails();
    const heads = await git(clone, 'for-each-ref', 'refs/heads');
    await leaveLock(clone, 'refs/gitpost/known-branch/feat.lock');
    expect(await use(managed, 'feat')).toMatchObject({ ok: false, failure: { code: 'unavailable' } });
    expect(await git(clone, 'for-each-ref', 'refs/heads')).toBe(heads);
    expect(await git(clone, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(await setting(clone, 'branch')).toBe('main');
    await judge(managed, remote, 'main', 2);
    await rm(join(clone, '.git/refs/gitpost/known-branch/feat.lock'));
    expect(await use(managed, 'feat')).toMatchObject({ ok: true });
    await judge(managed, remote, 'feat', 3);
  });
});

describe('a person changes branches with plain git', () => {
  const branches = ['main', 'a', 'a/b', 'a/b/c', 'A/b', 'a-b'];
  const step = fc.record({
    what: fc.constantFrom(
      'use',
      'use',
      'use',
      'delete here',
      'delete there',
      'make here',
      'make there',
      'pack',
    ),
    branch: fc.constantFrom(...branches),
  });

  test('here and on the remote, with names that nest: everything works or is answered in words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 12 }), async (steps) => {
        const { folder, remote, managed, clone } = await scene();
        const repository = () => managed.manager.find(managed.manager.primary);
        const attempt = (...args: Parameters<typeof git>) => git(...args).catch(() => undefined);
        let used = 'main';
        let number = 1;
        for (const { what, branch } of steps) {
          if (what === 'use') {
            const changed = await use(managed, branch);
            if (changed.ok) used = branch;
            else expect(changed.failure.code).toBe('invalid');
          }
          // What is in use here is not deleted: that is a loss of messages, which another test is about.
          if (what === 'delete here' && branch !== used) await attempt(clone, 'branch', '-D', branch);
          if (what === 'delete there') await attempt(remote, 'update-ref', '-d', `refs/heads/${branch}`);
          if (what === 'make here') await attempt(clone, 'branch', branch, used);
          if (what === 'make there') await attempt(remote, 'branch', branch, 'main');
          if (what === 'pack') for (const one of [clone, remote]) await git(one, 'pack-refs', '--all');
          expect(await setting(clone, 'branch').catch(() => 'main')).toBe(used);
          number += 1;
          const commit = await managed.add(lineNumber(number));
          await git(clone, 'merge-base', '--is-ancestor', commit, `refs/heads/${used}`);
          const pushed = await push(managed);
          expect(['pushed', 'rejected', 'rewritten']).toContain(pushed.status);
          if (pushed.status === 'rejected')
            expect(statusOf(managed)?.error?.detail).toMatch(/cannot also have/);
          if (pushed.status === 'rewritten') await repository()?.resolveRewritten('local');
        }
        expect(managed.troubles).toEqual([]);
        await managed.close();
        const again = await startManager(folder, [remote]);
        expect(statusOf(again)).toMatchObject({ branch: used });
        await again.add(lineNumber(number + 1));
        await git(clone, 'fsck', '--strict', '--no-dangling');
        await again.close();
      }),
      { numRuns: rounds(2, 6) },
    );
  });
});

describe('a change of branch in the middle of a sync', () => {
  test('is kept, and the remote counts as met only for the branch that was fetched', async () => {
    const folder = await temporaryFolder();
    const server = await startGitServer({ root: join(folder, 'server') });
    onTestFinished(() => server.close());
    await server.createRepository('ann/notes');
    const managed = await startManager(folder, [`${server.url}/ann/notes.git`]);
    const clone = managed.clone();
    await managed.add(lineNumber(1));
    for (const [index, branch] of ['feat', 'feat2', 'main', 'other'].entries()) {
      // The branch is changed at another point of the sync each time.
      const before = server.requests.length;
      const pushed = managed.manager.push([managed.manager.primary]);
      await Promise.race([pushed, eventually(async () => server.requests.length > before + index)]);
      expect(await use(managed, branch)).toMatchObject({ ok: true });
      await pushed;
      expect(await setting(clone, 'branch')).toBe(branch);
      expect(statusOf(managed)).toMatchObject({ branch, state: 'ready' });
      const tracked = await git(clone, 'for-each-ref', `refs/remotes/origin/${branch}`);
      if (tracked === '') expect(await setting(clone, 'contacted')).toBe('false');
      expect(await push(managed)).toMatchObject({ status: expect.stringMatching(/^(pushed|up-to-date)$/) });
      expect(await setting(clone, 'contacted')).toBe('true');
    }
    expect(managed.troubles).toEqual([]);
  });
});

describe('the name that the remote gives the branch at first contact', () => {
  test('is taken to the end after a kill in the middle of it', async () => {
    const folder = await temporaryFolder();
    const remote = join(folder, 'shared.git');
    const managed = await startManager(folder, [remote]);
    await managed.add(lineNumber(1));
    await managed.close();
    const clone = managed.clone();
    // As where the program is killed after git has the name and before the settings have it.
    await git(clone, 'config', 'gitpost.newBranchName', 'trunk/x');
    await git(clone, 'branch', '-m', 'main', 'trunk/x');
    await bareRepository(remote, 'trunk/x');
    const again = await startManager(folder, [remote]);
    expect(statusOf(again)).toMatchObject({ branch: 'trunk/x', state: 'ready' });
    await judge(again, remote, 'trunk/x', 2);
    expect((await textsOf(again)).sort()).toEqual(['message 1', 'message 2']);
    expect(await setting(clone, 'branch')).toBe('trunk/x');
  });

  for (const name of ['main/x', 'trunk', 'other/x']) {
    test(`may nest with ours or with another branch of the clone: ${name}`, async () => {
      const folder = await temporaryFolder();
      const remote = join(folder, 'shared.git');
      const managed = await startManager(folder, [remote]);
      const clone = managed.clone();
      await managed.add(lineNumber(1));
      await git(clone, 'branch', 'other');
      await bareRepository(remote, name);
      const work = await cloneOf(remote, join(folder, 'work'));
      await git(work, 'checkout', '-q', '-B', name);
      await commitFile(work, 'a.txt', 'a\n', 'Begin');
      await git(work, 'push', '-q', 'origin', name);
      if (name === 'other/x') {
        expect(await push(managed)).toMatchObject({ status: 'conflicted' });
        expect(statusOf(managed)?.error?.detail).toContain('next to the branch other');
        await managed.add(lineNumber(2));
        await git(clone, 'branch', '-D', 'other');
      }
      expect(await push(managed)).toMatchObject({ status: 'pushed' });
      await judge(managed, remote, name, 3);
      expect(managed.troubles).toEqual([]);
    });
  }
});
