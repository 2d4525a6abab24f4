import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClone } from '../../../src/git/clone.ts';
import { extendNewConfig, localConfig, readConfig, writeConfig } from '../../../src/git/config.ts';
import { contextOf } from '../../support/context.ts';
import { git } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

async function clone(url = '/srv/notes.git') {
  const folder = join(await temporaryFolder(), 'notes');
  const context = contextOf(folder);
  await createClone(context, 'main', url);
  return { folder, context };
}

test('a new clone has its settings from the start, as git reads them', async () => {
  const { folder } = await clone('/srv/a "b" \\c\t#;.git');
  expect(await git(folder, 'config', 'remote.origin.url')).toBe('/srv/a "b" \\c\t#;.git');
  expect(await git(folder, 'config', 'remote.origin.fetch')).toBe('+refs/heads/*:refs/remotes/origin/*');
  expect(await git(folder, 'config', '--bool', 'core.symlinks')).toBe('false');
  expect(await git(folder, 'config', 'gitpost.device')).toMatch(/^[a-z0-9-]{1,32}$/);
});

test.each([
  ['plain', 'a value'],
  ['quotes and backslashes', '"a" \\ \\" \\n'],
  ['signs of comments', '# one ; two'],
  ['spaces at both ends', '  a  '],
  ['line ends and tabs', 'a\nb\tc\b'],
  ['other scripts', 'Ünïcödé 日本語 😀'],
  ['nothing', ''],
])('a value with %s reaches git as it is', async (_name, value) => {
  const { folder, context } = await clone();
  await extendNewConfig(join(folder, '.git', 'config'), {
    'gitpost.value': value,
    'some.Sub Section.Key': value,
  });
  expect(await git(folder, 'config', 'gitpost.value')).toBe(value);
  expect(await git(folder, 'config', 'some.Sub Section.key')).toBe(value);
  expect(await readConfig(context, 'gitpost.value')).toBe(value);
  expect(await readConfig(context, 'Some.Sub Section.KEY')).toBe(value);
  expect(await readConfig(context, 'some.sub section.key')).toBe(null);
});

test('a file that ends in the middle of a line keeps that line', async () => {
  const { folder, context } = await clone();
  const file = join(folder, '.git', 'config');
  await appendFile(file, '[cut]\n\toff = here');
  await extendNewConfig(file, { 'gitpost.value': 'one' });
  expect(await readConfig(context, 'cut.off')).toBe('here');
  expect(await readConfig(context, 'gitpost.value')).toBe('one');
});

test('what anybody changes in the configuration is read at once', async () => {
  const { folder, context } = await clone();
  expect(await readConfig(context, 'gitpost.branch')).toBe(null);
  await git(folder, 'config', 'gitpost.branch', 'one');
  expect(await readConfig(context, 'gitpost.branch')).toBe('one');
  await writeConfig(context, 'gitpost.branch', 'two');
  expect(await readConfig(context, 'gitpost.branch')).toBe('two');
  await git(folder, 'config', 'gitpost.branch', 'six');
  expect(await readConfig(context, 'gitpost.branch')).toBe('six');
  await appendFile(join(folder, '.git', 'config'), '[gitpost]\n\tbranch = last\n');
  expect(await readConfig(context, 'gitpost.branch')).toBe('last');
  await git(folder, 'config', '--unset-all', 'gitpost.branch');
  expect(await readConfig(context, 'gitpost.branch')).toBe(null);
});

test('git is not started as long as the file stays the same', async () => {
  const { context } = await clone();
  const first = await localConfig(context);
  expect(await localConfig(context)).toBe(first);
  await writeConfig(context, 'gitpost.branch', 'main');
  expect(await localConfig(context)).not.toBe(first);
});

test('a configuration that git cannot read is a failure, and one that is gone is empty', async () => {
  const { folder, context } = await clone();
  const file = join(folder, '.git', 'config');
  await readConfig(context, 'gitpost.device');
  await rename(file, `${file}.aside`);
  await writeFile(file, '[gitpost\n');
  await expect(readConfig(context, 'gitpost.device')).rejects.toThrow('git config');
  await rm(file);
  expect(await readConfig(context, 'gitpost.device')).toBe(null);
  await rename(`${file}.aside`, file);
  expect(await readConfig(context, 'gitpost.device')).not.toBe(null);
});
