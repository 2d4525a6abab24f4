import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Api, commitOf } from '../support/api.ts';
import { bareRepository, git, gitBytes, log } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { commitEntry, commitPieces, gitWith, makeBlob, makeTree } from '../support/hostile.ts';
import { journalLines, journalPaths, lineOf } from '../support/journal.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

/** A running gitpost with a remote that somebody else may push to, and a repository beside it. */
async function made() {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const gitpost = await startHere({ folder, env: { REPOSITORY_NAME: remote, REPOSITORIES: 'other' } });
  const { api } = gitpost;
  await api.create({ text: 'Before all this' });
  expect((await api.sync('push', 'shared')).status).toBe('pushed');
  return { api, remote, folder, clone: join(folder, 'repos', 'shared') };
}

const line = (text: string, members: object = {}) => `${lineOf({ id: randomUUID(), text, ...members })}\n`;
const texts = async (api: Api) => (await api.messages()).map(({ text }) => text);

/** Whatever came, what a person writes is taken here and elsewhere, and reaches both remotes. */
async function expectWell(api: Api): Promise<void> {
  await api.create({ text: 'Here', repositories: ['shared'] });
  await api.create({ text: 'Elsewhere', repositories: ['other'] });
  expect(await texts(api)).toEqual(expect.arrayContaining(['Before all this', 'Here', 'Elsewhere']));
  for (const name of ['shared', 'other']) expect((await api.sync('push', name)).status).toBe('pushed');
}

test('no attribute of a remote changes a byte of a journal', async () => {
  const { api, remote, clone } = await made();
  const attributes =
    '* text eol=crlf ident working-tree-encoding=UTF-16LE filter=evil merge=binary diff=evil export-subst\n*.jsonl -merge\n';
  await commitPieces(remote, '.gitattributes', [attributes]);
  await commitPieces(remote, 'messages/.gitattributes', [attributes]);
  const file = 'messages/outside/notes.jsonl';
  await commitPieces(remote, file, [line('$Id$ and $Format:%H$ stay')]);
  expect((await api.sync('pull', 'shared')).pulled).toBe(1);
  await expectWell(api);
  for (const path of await journalPaths(clone)) {
    const committed = await gitBytes(clone, 'show', `main:${path}`);
    await eventually(async () => committed.equals(await readFile(join(clone, path))));
  }
});

test('a link from a remote is no journal and leads nowhere', async () => {
  const { api, remote, folder, clone } = await made();
  const outside = join(folder, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'a.jsonl'), line('Not meant for anybody'));
  const target = await makeBlob(remote, outside);
  const file = await makeBlob(remote, join(outside, 'a.jsonl'));
  await commitEntry(remote, 'messages/linked', '120000', target);
  await commitEntry(remote, 'messages/a.jsonl', '120000', file);
  await commitEntry(remote, 'messages/2099-05', '120000', target);
  expect((await api.sync('pull', 'shared')).status).toBe('up-to-date');
  await eventually(async () => (await readdir(join(clone, 'messages'))).includes('linked'));
  expect((await lstat(join(clone, 'messages/linked'))).isSymbolicLink()).toBe(false);
  expect(await texts(api)).toEqual(['Before all this']);
  // A link in the place of a month is in the way of what may be written there.
  expect((await api.repository('shared')).state).toBe('unsafe');
  expect((await api.post({ text: 'Not saved', createdAt: '2099-05-05T00:00:00Z' })).status).toBe(503);
  expect(await readdir(outside)).toEqual(['a.jsonl']);

  await commitEntry(remote, 'messages/2099-05', '100644', file);
  await gitWith(
    remote,
    [
      'commit refs/heads/main\ncommitter A <a@b> 1790000000 +0000\ndata 1\nx\nfrom refs/heads/main^0\nD messages/2099-05\n\n',
    ],
    'fast-import',
    '--quiet',
  );
  expect((await api.sync('pull', 'shared')).status).toBe('up-to-date');
  await expectWell(api);
  expect(await readdir(outside)).toEqual(['a.jsonl']);
});

test('submodules are left alone, and a file about them that git can not read stops nothing', async () => {
  const { api, remote, folder, clone } = await made();
  const marker = join(folder, 'ran');
  const module = await git(remote, 'rev-parse', 'main');
  await commitEntry(remote, 'messages/sub', '160000', module);
  await commitEntry(remote, 'messages/sub.jsonl', '160000', module);
  for (const [number, config] of [
    `path = messages/sub\n\turl = ext::sh -c touch% ${marker}\n`,
    `path = messages/sub\n\turl = ./x\n\tupdate = !touch ${marker}\n`,
    'path = messages/sub\n\tignore = bogus\n\tfetchRecurseSubmodules = bogus\n',
    'path = "../../x\n\turl',
  ].entries()) {
    await commitPieces(remote, '.gitmodules', [`[submodule "sub"]\n\t${config}`]);
    expect((await api.sync('pull', 'shared')).status).toBe('up-to-date');
    const committed = await git(remote, 'show', 'main:.gitmodules');
    // git reads the file of the work tree, so that it has to be there before anything is judged.
    await eventually(
      async () => (await readFile(join(clone, '.gitmodules'), 'utf8')).trim() === committed.trim(),
    );
    await commitEntry(remote, `messages/sub${number}`, '160000', module);
    await commitPieces(remote, 'messages/outside/notes.jsonl', [line(`From outside, ${number}`)]);
    expect((await api.sync('pull', 'shared')).status).toBe('pulled');
    await expectWell(api);
    expect((await api.repository('shared')).state).toBe('ready');
  }
  expect(await readdir(folder)).not.toContain('ran');
  expect(await readdir(join(clone, '.git'))).not.toContain('modules');
});

test('a submodule in the place of the journal is written nowhere', async () => {
  const { api, remote, clone } = await made();
  const ours = await git(remote, 'rev-parse', 'main');
  await commitEntry(remote, 'messages', '160000', ours);
  expect((await api.sync('pull', 'shared')).status).toMatch(/pulled|up-to-date/);
  expect(await api.repository('shared')).toMatchObject({ state: 'unsafe', messages: 0 });
  const refused = await api.post({ text: 'Not saved there', repositories: ['shared'] });
  expect(refused.status).toBe(503);
  await api.create({ text: 'Elsewhere', repositories: ['other'] });
  expect(await log(clone, '%H', 'main')).toContain(ours);
});

test('what is put in the place of our own journal takes no line away', async () => {
  for (const mode of ['160000', '120000']) {
    const { api, remote, clone } = await made();
    const [path = ''] = await journalPaths(clone);
    const id =
      mode === '160000' ? await git(remote, 'rev-parse', 'main') : await makeBlob(remote, '/etc/passwd\n');
    await commitEntry(remote, path, mode, id);
    const written = await api.create({ text: 'Meanwhile, here' });
    expect((await api.sync('push', 'shared')).status, mode).toBe('pushed');
    await expectWell(api);
    const values = (await journalLines(clone)).filter(({ raw }) => raw.startsWith('{'));
    expect(values.map(({ value }) => value.text)).toEqual(
      expect.arrayContaining(['Meanwhile, here', 'Here']),
    );
    expect(commitOf(written, 'shared')).toBe(commitOf(await api.message(written.id), 'shared'));
    await git(clone, 'fsck');
  }
});

test.each([
  ['a path that leads out', ['..', 'evil.jsonl']],
  ['the folder of git', ['.git', 'config']],
  ['the folder of git in capitals', ['.GIT', 'config']],
])('%s is not written into the clone, and stops nobody', async (_what, [outer = '', inner = '']) => {
  const { api, remote, folder, clone } = await made();
  const config = await readFile(join(clone, '.git/config'), 'utf8');
  const blob = await makeBlob(remote, '[core]\n\thooksPath = /tmp/evil\n');
  const folderInside = await makeTree(remote, [`100644 blob ${blob}\t${inner}`]);
  const entries = (await git(remote, 'ls-tree', 'main')).split('\n');
  const tree = await makeTree(remote, [...entries, `040000 tree ${folderInside}\t${outer}`]);
  const tip = await gitWith(remote, [], 'commit-tree', tree, '-p', 'main', '-m', 'evil');
  await git(remote, 'update-ref', 'refs/heads/main', tip);
  await api.sync('pull', 'shared');
  await api.create({ text: 'Here all the same' });
  expect(await texts(api)).toEqual(expect.arrayContaining(['Before all this', 'Here all the same']));
  expect((await api.repository('shared')).state).not.toBe('cloning');
  expect(await readdir(join(folder, 'repos'))).not.toContain('evil.jsonl');
  const after = await readFile(join(clone, '.git/config'), 'utf8');
  expect(after).not.toContain('/tmp/evil');
  expect(after.split('\n').filter((one) => !/lastSync|contacted/i.test(one))).toEqual(
    config.split('\n').filter((one) => !/lastSync|contacted/i.test(one)),
  );
  expect(await readdir(join(clone, '.git'))).not.toContain('evil.jsonl');
});

test('hooks are not run for what is captured and synced, nor drivers that a remote names', async () => {
  const { api, remote, folder, clone } = await made();
  const marker = join(folder, 'ran');
  const script = `#!/bin/sh\ntouch '${marker}'\ncat\n`;
  await mkdir(join(clone, '.git/hooks'), { recursive: true });
  for (const name of ['pre-commit', 'post-merge', 'post-checkout', 'reference-transaction', 'pre-push']) {
    await commitPieces(remote, `hooks/${name}`, [script]);
    await writeFile(join(clone, '.git/hooks', name), script, { mode: 0o755 });
  }
  // What a person has configured under a name, a remote could ask for.
  const driver = join(clone, '.git/hooks/pre-commit');
  for (const key of ['filter.evil.smudge', 'filter.evil.clean', 'merge.evil.driver', 'diff.evil.command'])
    await git(clone, 'config', key, driver);
  await git(clone, 'config', 'core.fsmonitor', driver);
  await commitPieces(remote, '.gitattributes', ['messages/** filter=evil diff=evil merge=evil\n']);
  await commitPieces(remote, 'messages/outside/notes.jsonl', [line('From outside')]);
  expect((await api.sync('pull', 'shared')).pulled).toBe(1);
  await expectWell(api);
  const [journal = ''] = (await journalPaths(clone)).filter((path) => path.includes('outside'));
  await eventually(async () => (await readFile(join(clone, journal), 'utf8')).includes('From outside'));
  // They do nothing here, but they say something about the repository that a person may want to know.
  const reasons = (await api.repository('shared')).problems.map(({ reason }) => reason);
  expect(reasons).toEqual([expect.stringContaining('filter=evil'), expect.stringContaining('merge=evil')]);
  expect(await readdir(folder)).not.toContain('ran');
});

test('a remote that names us, forges, or comes from the future is shown and changes nothing of ours', async () => {
  const { api, remote } = await made();
  const mine = await api.create({ text: 'Mine', author: 'Ann' });
  const lines = [
    line('Of the year 9999', { createdAt: '9999-12-31T23:59:59.999Z' }),
    line('Of no time', { createdAt: 'garbage' }),
    line('Before all time', { createdAt: '-000001-01-01T00:00:00.000Z' }),
    line('A key of its own', { ...JSON.parse('{"constructor":{"admin":true},"__proto__":{"admin":true}}') }),
    `{"__proto__":{"admin":true},${line('A prototype').slice(1)}`,
    `{"deep":${'['.repeat(200_000)}${']'.repeat(200_000)},${line('Deep').slice(1)}`,
    line('Forged', { id: mine.id, author: 'Mallory' }),
    line('An author\nof two lines <a@b>', { author: 'Eve\n<evil@example.org>\u202e' }),
    `{"v":1,"id":"__proto__","revision":1,"text":"x","createdAt":"2026-01-01T00:00:00.000Z"}\n`,
  ];
  await commitPieces(remote, 'messages/outside/notes.jsonl', [lines.join('')]);
  expect((await api.sync('pull', 'shared')).status).toBe('pulled');
  const shown = await texts(api);
  expect(shown).toEqual(
    expect.arrayContaining(['Of the year 9999', 'Deep', 'A prototype', 'A key of its own']),
  );
  expect(await api.message(mine.id)).toMatchObject({ conflict: true });
  expect((await api.history(mine.id)).map(({ text }) => text).sort()).toEqual(['Forged', 'Mine']);
  expect((await api.repository('shared')).problems.map(({ line: at }) => at)).toEqual([2, 9]);
  expect(JSON.stringify(await api.messages())).not.toContain('"admin"');
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
  const newest = await api.create({ text: 'Mine again' });
  expect((await api.edit(mine.id, { text: 'Settled' })).conflict).toBeUndefined();
  expect(await api.message(newest.id)).toMatchObject({ text: 'Mine again' });
  await expectWell(api);
});

test('ten thousand files in the journal are read', async () => {
  const { api, remote } = await made();
  const before = await git(remote, 'rev-parse', 'main');
  const script: string[] = [];
  for (let folder = 0; folder < 100; folder += 1) {
    const content = line(`Of folder ${folder}`);
    script.push(`blob\nmark :${folder + 1}\ndata ${Buffer.byteLength(content)}\n${content}\n`);
  }
  script.push(`commit refs/heads/main\ncommitter A <a@b> 1790000000 +0000\ndata 1\nx\nfrom ${before}\n`);
  for (let file = 0; file < 10_000; file += 1) {
    script.push(`M 100644 :${(file % 100) + 1} messages/outside/${file % 100}/${file}.jsonl\n`);
  }
  await gitWith(remote, script, 'fast-import', '--quiet');
  expect((await api.sync('pull', 'shared')).status).toBe('pulled');
  expect(await api.messages()).toHaveLength(101);
  await expectWell(api);
});
