import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RECEIVED, RECEIVING } from '../../../src/git/fetch.ts';
import { SENT } from '../../../src/git/push.ts';
import { bareRepository, commitFile, git, gitEnvironment } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

/** What git says while it works, to a person who watches. */
const words = (cwd: string, ...args: string[]): string =>
  spawnSync('git', args, { cwd, env: gitEnvironment(), encoding: 'utf8' }).stderr;

test("git's words say when everything has been sent, and when a large pack has been received", async () => {
  const folder = await temporaryFolder();
  const bare = await bareRepository(join(folder, 'bare.git'));
  const [one, other] = [join(folder, 'one'), join(folder, 'other')];
  for (const clone of [one, other]) {
    execFileSync('git', ['init', '-q', '-b', 'main', clone], { env: gitEnvironment() });
    await git(clone, 'remote', 'add', 'origin', bare);
  }
  await commitFile(one, 'a', 'a', 'One');
  const sent = words(one, 'push', '--progress', 'origin', 'main');
  expect(sent).toMatch(SENT);
  expect(sent.slice(0, sent.indexOf('Writing'))).not.toMatch(SENT);
  const received = words(other, '-c', 'fetch.unpackLimit=1', 'fetch', '--progress', 'origin', 'main');
  expect(received).toMatch(RECEIVING);
  expect(received).toMatch(RECEIVED);
  expect(received.slice(0, received.indexOf('objects: 100%'))).not.toMatch(RECEIVED);
  // What a remote says is not what git says.
  const lie = 'remote: Receiving objects: 100% (1/1), done.\rremote: Writing objects: 100% (1/1), done.';
  for (const words of [RECEIVING, RECEIVED, SENT]) expect(lie).not.toMatch(words);
});
