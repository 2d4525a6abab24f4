import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../src/git/clone.ts';
import { readConfig } from '../../../src/git/config.ts';
import { checkedOut, isAncestor, resolve } from '../../../src/git/refs.ts';
import { type GitContext, GitError, run } from '../../../src/git/run.ts';
import { contextOf } from '../../support/context.ts';
import { temporaryFolder } from '../../support/tmp.ts';

/** A folder in which git is what a script does. */
async function withGit(script: string): Promise<GitContext> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'git'), 0o755);
  const context = contextOf(folder);
  return { ...context, environment: { ...context.environment, PATH: `${folder}:${process.env.PATH}` } };
}

const QUESTIONS: Array<[string, (context: GitContext) => Promise<unknown>]> = [
  ['which commit a branch has', (context) => resolve(context, 'refs/heads/main')],
  ['which branch is checked out', checkedOut],
  ['whether a commit is part of another', (context) => isAncestor(context, 'a', 'b')],
  ['what is configured', (context) => readConfig(context, 'gitpost.rewritten')],
  ['what a clone keeps about itself', readSettings],
];

describe.each([
  ['is killed by somebody', 'kill -9 $$'],
  ['fails', 'echo "fatal: out of memory" >&2; exit 128'],
])('a git that %s', (_what, script) => {
  test.each(QUESTIONS)('is no answer to %s', async (_question, ask) => {
    await expect(ask(await withGit(script))).rejects.toThrow(GitError);
  });
});

describe('a git that is ended by us', () => {
  test('because it said nothing is reported as such', async () => {
    const context = await withGit('sleep 60');
    expect(await run(context, ['fetch'], { timeout: 50 })).toMatchObject({ code: null, timedOut: true });
  });

  test('because nobody needs it any more is reported as such', async () => {
    const context = await withGit('sleep 60');
    expect(await run(context, ['fetch'], { signal: AbortSignal.abort() })).toMatchObject({
      code: null,
      timedOut: false,
    });
  });
});
