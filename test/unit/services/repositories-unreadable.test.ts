import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTarget } from '../../../src/domain/target.ts';
import { git } from '../../support/git.ts';
import { type Managed, startManager } from '../../support/manager.ts';
import { lineNumber, statusOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

/** A folder with a repository `notes` that was added at run time, holds a message, and whose settings git cannot read. */
async function withBrokenNotes(): Promise<{ root: string; config: string; whole: string; url: string }> {
  const root = await temporaryFolder();
  const managed = await startManager(root);
  const url = managed.remote('notes');
  await git(root, 'init', '--quiet', '--bare', url);
  const target = parseTarget(url, {
    githubUrl: 'https://github.com',
    remotesDirectory: '',
    username: undefined,
  });
  if (!target.ok) throw new Error(target.failure.detail);
  const added = await managed.manager.membership.add({ ...target.value, own: false }, undefined);
  if (!added.ok) throw new Error(added.failure.detail);
  await added.value.opened;
  await managed.add(lineNumber(1), 'notes');
  await managed.close();
  const config = join(managed.clone('notes'), '.git/config');
  const whole = await readFile(config, 'utf8');
  await appendFile(config, '[remote "origin\n');
  return { root, config, whole, url };
}

const read = (managed: Managed) => managed.manager.withMirror(async (mirror) => mirror.countIn('notes'));

describe('a repository that was added at run time and whose settings git cannot read', () => {
  test('stays in the list with its trouble, and reads are refused rather than answered without it', async () => {
    const { root } = await withBrokenNotes();
    const managed = await startManager(root);
    expect(managed.manager.names()).toEqual(['messages', 'notes']);
    expect(statusOf(managed, 'notes')?.error?.detail).toMatch(/config/);
    expect(managed.manager.unopened()).toEqual(['notes']);
    expect(await read(managed)).toMatchObject({ ok: false, failure: { code: 'unavailable' } });
    expect(managed.mirror.countIn('notes')).toBe(1);
  });

  test('is opened under its own address once a person has fixed the file', async () => {
    const { root, config, whole, url } = await withBrokenNotes();
    const managed = await startManager(root);
    await writeFile(config, whole);
    await eventually(async () => (await read(managed)).ok);
    expect(await read(managed)).toEqual({ ok: true, value: 1 });
    await eventually(async () => statusOf(managed, 'notes')?.error === null);
    expect(statusOf(managed, 'notes')).toMatchObject({ url, messages: 1 });
    expect(await git(managed.clone('notes'), 'remote', 'get-url', 'origin')).toBe(url);
  });

  test('is found without the mirror, too', async () => {
    const { root, config, whole } = await withBrokenNotes();
    await rm(join(root, 'data/mirror'), { recursive: true });
    const managed = await startManager(root);
    expect(managed.manager.unopened()).toEqual(['notes']);
    await writeFile(config, whole);
    await eventually(async () => (await read(managed)).ok);
    expect(await read(managed)).toEqual({ ok: true, value: 1 });
  });
});
