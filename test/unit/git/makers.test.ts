import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makersOf } from '../../../src/git/makers.ts';
import { contextOf } from '../../support/context.ts';
import { commitFile, git } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

test('commits say who made them, and name a device only if it can be one', async () => {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '-b', 'main');
  const commit = async (message: string) => {
    await commitFile(folder, 'x.txt', `${message}\n`, message);
    return git(folder, 'rev-parse', 'HEAD');
  };
  const cases = [
    ['Plain', null],
    ['Named\n\nDevice: phone-x1y2z3', 'phone-x1y2z3'],
    ['Twice\n\nDevice: one-x1y2z3\nDevice: two-x1y2z3', 'two-x1y2z3'],
    ['In the text: Device: forged-x1y2z3\n\nMore.', null],
    ['Odd\n\nDevice: <b>me</b>', null],
    [`Long\n\nDevice: ${'a'.repeat(33)}`, null],
  ] as const;
  const ids = [];
  for (const [message] of cases) ids.push(await commit(message));
  await git(folder, 'config', 'i18n.logOutputEncoding', 'ISO-8859-1');
  const tree = await git(folder, 'rev-parse', 'HEAD^{tree}');
  const raw = `tree ${tree}\nauthor Ann <a@b> 1 +0000\ncommitter Zoë <z@b> 1795860000 +0100\n\nBy Zoë\n`;
  await writeFile(join(folder, 'raw'), raw);
  const last = await git(folder, 'hash-object', '-t', 'commit', '-w', 'raw');

  const gone = 'f'.repeat(40);
  const makers = await makersOf(contextOf(folder), [...ids, gone, last]);
  expect(makers.size).toBe(cases.length + 1);
  expect(ids.map((id) => makers.get(id)?.device)).toEqual(cases.map(([, device]) => device));
  expect(makers.get(last)).toEqual({
    committer: 'Zoë',
    at: new Date(1795860000 * 1000).toISOString(),
    device: null,
  });
  expect(await makersOf(contextOf(folder), [])).toEqual(new Map());
});
