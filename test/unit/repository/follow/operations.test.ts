import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RefMover } from '../../../../src/git/ref-mover.ts';
import { isCheckedOut } from '../../../../src/git/refs.ts';
import { HeadLog } from '../../../../src/repository/follow/operations.ts';
import { contextOf } from '../../../support/context.ts';
import { commitFile, git } from '../../../support/git.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

async function repository() {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '-b', 'main');
  const context = contextOf(folder);
  const first = await commitFile(folder, 'a', '0', 'first');
  const second = await commitFile(folder, 'a', '1', 'second');
  const mover = new RefMover(context);
  onTestFinished(() => mover.close());
  return { folder, context, first, second, mover };
}

test('a log of HEAD that is read from the last entry on says the same as one that git reads whole', async () => {
  const { folder, context, first, second, mover } = await repository();
  const log = new HeadLog({ git: context });
  const file = join(folder, '.git/logs/HEAD');
  const capture = async () => {
    await mover.move('main', second, first);
    await mover.move('main', first, second);
  };
  const steps: readonly (() => Promise<unknown>)[] = [
    capture,
    () => commitFile(folder, 'b', '1', 'By a person'),
    () => git(folder, 'reset', '-q', '--hard', second),
    capture,
    () => git(folder, 'checkout', '-q', '-b', 'other'),
    () => git(folder, 'checkout', '-q', 'main'),
    // The message of a person may look like ours.
    () => git(folder, 'update-ref', '-m', 'x: \tgitpost', 'HEAD', first),
    () => git(folder, 'reset', '-q', '--hard', second),
    capture,
    // Both write the log anew.
    () => git(folder, 'reflog', 'expire', '--expire=now', '--all'),
    capture,
    () => truncate(file, 0),
    capture,
    () => rm(file),
    () => git(folder, 'reset', '-q', '--hard', first),
  ];
  for (const step of [async () => undefined, ...steps]) {
    await step();
    expect(await log.lastOperation(), String(step)).toEqual(
      await new HeadLog({ git: context }).lastOperation(),
    );
  }
});

test('a branch is checked out if HEAD names it, wherever git keeps HEAD', async () => {
  const { folder, context, first } = await repository();
  expect(await isCheckedOut(context, 'main')).toBe(true);
  expect(await isCheckedOut(context, 'mai')).toBe(false);
  await git(folder, 'checkout', '-q', first);
  expect(await isCheckedOut(context, 'main')).toBe(false);
  const linked = join(await temporaryFolder(), 'linked');
  await git(folder, 'worktree', 'add', '-q', linked, 'main');
  expect(await isCheckedOut(contextOf(linked), 'main')).toBe(true);
  expect(await isCheckedOut(context, 'main')).toBe(false);
});

test('a ref of ours is noted wherever it was, while the branch moves', async () => {
  const { folder, first, second, mover } = await repository();
  const noted = mover.note('refs/gitpost/known-branch/main', first);
  const moved = mover.move('main', second, first);
  expect(await Promise.all([noted, moved])).toEqual([true, true]);
  expect(await mover.note('refs/gitpost/known-branch/main', second)).toBe(true);
  expect(await git(folder, 'rev-parse', 'main', 'refs/gitpost/known-branch/main')).toBe(
    `${first}\n${second}`,
  );
  expect(await mover.note('refs/gitpost/known-branch/main', '1'.repeat(40))).toBe(false);
  expect(await mover.move('main', second, second)).toBe(false);
});
