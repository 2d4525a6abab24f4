import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fetchBranch, listRemote } from '../../src/git/fetch.ts';
import { pushBranch } from '../../src/git/push.ts';
import type { Network, Patience } from '../../src/git/remote.ts';
import { contextOf } from '../support/context.ts';
import { cloneOf, commitFile, git } from '../support/git.ts';
import { startGitServer } from '../support/git-server.ts';
import { temporaryFolder } from '../support/tmp.ts';

const networkWith = (patience: Patience): Network => ({
  credentials: undefined,
  onProgress: () => undefined,
  patience,
});

/** A clone with a commit to push, and a remote with a commit to fetch, on a server of its own. */
async function scene() {
  const folder = await temporaryFolder();
  const server = await startGitServer({ root: join(folder, 'remotes') });
  onTestFinished(() => server.close());
  const bare = await server.createRepository('ann/notes');
  const work = await cloneOf(bare, join(folder, 'work'));
  const url = `${server.url}/ann/notes.git`;
  const clone = await cloneOf(url, join(folder, 'clone'));
  const theirs = await commitFile(work, 'a', 'a', 'a');
  await git(work, 'push', '--quiet', 'origin', 'HEAD:main');
  const ours = await commitFile(clone, 'b', 'b', 'b');
  return { server, bare, url, clone, theirs, ours, context: contextOf(clone) };
}

test('a server that thinks for longer than it may take to answer is waited for', async () => {
  const { server, bare, url, clone, theirs, ours, context } = await scene();
  const network = networkWith({ answer: 2000, work: 60_000 });
  server.fault({ kind: 'think', milliseconds: 3500 });
  const began = Date.now();
  expect(await listRemote(context, url, networkWith({ answer: 15_000, work: 15_000 }))).toMatchObject({
    ok: true,
  });
  expect(await fetchBranch(context, url, network, 'main')).toEqual({ ok: true, value: 'fetched' });
  expect(await git(clone, 'rev-parse', 'refs/remotes/origin/main')).toBe(theirs);
  expect(
    await pushBranch(context, url, network, { commit: ours, branch: 'other', known: null, commits: 1 }),
  ).toEqual({
    ok: true,
    value: { kind: 'pushed' },
  });
  expect(Date.now() - began).toBeGreaterThan(7000);
  expect(await git(bare, 'rev-parse', 'other')).toBe(ours);
});

test('a server that never answers is given up, in the listing and later', async () => {
  const { server, url, ours, context } = await scene();
  const network = networkWith({ answer: 1500, work: 3000 });
  server.fault({ kind: 'hang' });
  const offline = { ok: false, trouble: { status: 'offline' } };
  expect(await listRemote(context, url, network)).toMatchObject(offline);
  server.fault({ kind: 'think', milliseconds: 600_000 });
  expect(await fetchBranch(context, url, networkWith({ answer: 15_000, work: 3000 }), 'main')).toMatchObject(
    offline,
  );
  expect(
    await pushBranch(context, url, networkWith({ answer: 15_000, work: 3000 }), {
      commit: ours,
      branch: 'other',
      known: null,
      commits: 1,
    }),
  ).toMatchObject(offline);
});
