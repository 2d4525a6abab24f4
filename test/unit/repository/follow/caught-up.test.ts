import { execFile } from 'node:child_process';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { statusOf as changesIn } from '../../../support/clone-state.ts';
import { git, gitEnvironment } from '../../../support/git.ts';
import { onceBefore, whileThere } from '../../../support/git-wrapper.ts';
import { startManager } from '../../../support/manager.ts';
import { isThere, lineNumber } from '../../../support/repositories.ts';
import { temporaryFolder } from '../../../support/tmp.ts';
import { eventually } from '../../../support/wait.ts';

const run = promisify(execFile);
const JOURNAL = 'messages/bots/a.jsonl';

/**
 * Just before the next `git read-tree`, a person commits a file, and their hook keeps the index locked until there is
 * a file `go`.
 */
async function commitBeforeReadTree(clone: string, folder: string): Promise<void> {
  const hook = `#!/bin/sh\nwhile [ ! -e ${folder}/go ]; do sleep 0.05; done\n`;
  await mkdir(join(clone, '.git/hooks'), { recursive: true });
  await writeFile(join(clone, '.git/hooks/pre-commit'), hook, { mode: 0o755 });
  await onceBefore(
    'read-tree',
    folder,
    `env -u GIT_INDEX_FILE $git -c user.name=P -c user.email=p@example.org commit -q -m Again -- mine.txt >/dev/null 2>&1 &
     while [ ! -e .git/index.lock ]; do sleep 0.05; done`,
  );
}

/** Moves the branch to a commit with one more line, as a capture does: index and work tree stay where they are. */
async function captureElsewhere(clone: string, folder: string, line: string): Promise<void> {
  const other = join(folder, 'other');
  await git(folder, 'clone', '--quiet', clone, other);
  await mkdir(dirname(join(other, JOURNAL)), { recursive: true });
  await appendFile(join(other, JOURNAL), `${line}\n`);
  await git(other, 'add', '.');
  // So long ago that whatever is written now is newer than the line.
  const env = { ...gitEnvironment(), GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' };
  await run('git', ['commit', '--quiet', '-m', 'A line'], { cwd: other, env });
  await git(other, 'push', '--quiet', 'origin', 'HEAD:refs/outside/tip');
  await git(clone, 'update-ref', '-m', 'gitpost', 'refs/heads/main', 'refs/outside/tip');
  await git(clone, 'update-ref', '-d', 'refs/outside/tip');
  await rm(other, { recursive: true });
}

/** A clone that has followed one message, with two more that were captured while no gitpost was running. */
async function sceneWith(betweenCaptures: (clone: string) => Promise<void>) {
  const folder = await temporaryFolder();
  const first = await startManager(folder);
  const clone = first.clone();
  await first.add(lineNumber(1));
  await eventually(async () => (await changesIn(clone)).length === 0);
  await first.close();
  await captureElsewhere(clone, folder, lineNumber(2).raw);
  await betweenCaptures(clone);
  await captureElsewhere(clone, folder, lineNumber(3).raw);
  return { folder, clone };
}

test('what was followed up to a commit of a person counts, even if the rest has to wait', async () => {
  const { folder, clone } = await sceneWith(async (at) => {
    await writeFile(join(at, 'mine.txt'), 'mine\n');
    await git(at, 'add', 'mine.txt');
    await git(at, 'commit', '--quiet', '-m', 'Mine', '--', 'mine.txt');
  });
  await writeFile(join(clone, 'mine.txt'), 'mine again\n');
  await commitBeforeReadTree(clone, folder);
  const second = await startManager(folder);
  await eventually(() => isThere(join(folder, 'began')));
  await writeFile(join(folder, 'go'), '');
  await eventually(async () => (await changesIn(clone)).length === 0);
  expect(await git(clone, 'log', '--format=%s', '-2')).toBe('Again\nA line');
  expect(second.troubles).toEqual([]);
  await second.close();
});

test('a git that the disk had no space for is no change of a person', async () => {
  const { folder, clone } = await sceneWith(async () => undefined);
  const cutOff = `mkdir -p messages/bots; printf '{"v":1,"id' >${JOURNAL}
    echo 'fatal: write error: No space left on device' >&2; exit 128`;
  await onceBefore('read-tree', folder, cutOff);
  const second = await startManager(folder);
  await eventually(() => isThere(join(folder, 'began')));
  await second.add(lineNumber(4));
  await eventually(async () => (await changesIn(clone)).length === 0);
  expect(second.troubles.map(String)).toEqual([expect.stringContaining('No space left on device')]);
  await second.close();
});

test('what the disk had no space for is written once there is space, though nobody does anything', async () => {
  const { folder, clone } = await sceneWith(async () => undefined);
  const full = join(folder, 'full');
  await writeFile(full, '');
  const noSpace = `echo 'fatal: write error: No space left on device' >&2; exit 128`;
  await whileThere(full, 'read-tree|checkout-index', folder, noSpace);
  const second = await startManager(folder);
  await eventually(async () => second.troubles.length >= 3);
  await rm(full);
  await eventually(async () => (await changesIn(clone)).length === 0);
  for (const trouble of second.troubles) expect(String(trouble)).toContain('No space left on device');
  await second.close();
});
