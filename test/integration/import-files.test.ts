import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImportResult } from '../../src/contract/import.ts';
import type { Api, Message } from '../support/api.ts';
import { problemOf } from '../support/api.ts';
import { importFile, sendExport, skippedIn } from '../support/exports/import.ts';
import { zipOf } from '../support/exports/zip.ts';
import { fetchFile, hashOf, pngOf, type Uploaded } from '../support/files.ts';
import { git, gitBytes } from '../support/git.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';

type WithFiles = Message & { attachments?: Uploaded[] };

const photo = pngOf(30, 20);
const SECRET = `ghp_${'a1'.repeat(18)}`;

const message = (id: number, files: string[], text = '') => ({
  ...{ id: String(id), type: 'Default', timestamp: `2026-01-02T00:00:0${id}+00:00`, content: text },
  author: { name: 'Ann' },
  attachments: files.map((name) => ({ fileName: name, url: `media/${name}` })),
});

const discord = (messages: object[], media: Record<string, string | Buffer>) =>
  zipOf({
    'c.json': { guild: { id: '1' }, channel: { id: '2', name: 'general' }, messages },
    ...Object.fromEntries(Object.entries(media).map(([name, bytes]) => [`media/${name}`, bytes])),
  });

const all = async (api: Api) => (await api.messages()).reverse() as WithFiles[];
const namesOf = (one: WithFiles | undefined) => one?.attachments?.map(({ name }) => name);

test('files that an export contains are in the commits of its messages, once, the same on every device', async () => {
  const export_ = await discord(
    [
      message(1, ['cat.png', 'lost.png'], 'Look'),
      message(2, ['big.bin', 'empty.txt', 'keys.txt', 'note.txt']),
      message(3, ['gone.png']),
      message(4, ['cat.png', 'cat.png']),
    ],
    {
      'cat.png': photo,
      'big.bin': Buffer.alloc(30_000, 1),
      'empty.txt': '',
      'keys.txt': `token ${SECRET}`,
      'note.txt': 'milk',
    },
  );
  const folders = [await temporaryFolder(), await temporaryFolder()];
  const heads: string[] = [];
  for (const folder of folders) {
    const { api, close } = await startSmallApp(folder, { ATTACHMENT_LIMIT: '20KiB' });
    const planned = await importFile(api, '?dryRun=true', export_);
    expect(await api.messages()).toEqual([]);
    const result: ImportResult = await importFile(api, '', export_);
    expect(result).toEqual(planned);
    expect(result).toMatchObject({ created: 4, attachments: 3 });
    expect(skippedIn(result)).toEqual({
      'file-not-in-export': 2,
      'file-too-large': 1,
      'file-empty': 1,
      'file-with-credential': 1,
    });
    const [one, two, three, four] = await all(api);
    expect(one).toMatchObject({
      text: 'Look',
      attachments: [{ sha256: hashOf(photo), name: 'cat.png', type: 'image/png', width: 30, height: 20 }],
    });
    expect(two).toMatchObject({ text: '', attachments: [{ name: 'note.txt', type: 'text/plain', size: 4 }] });
    expect(three).toMatchObject({ text: '(file: gone.png)' });
    expect(namesOf(four)).toEqual(['cat.png']);
    expect((await fetchFile(api, hashOf(photo))).bytes).toEqual(photo);

    const clone = join(folder, 'repos', 'messages');
    const path = `attachments/${hashOf(photo).slice(0, 2)}/${hashOf(photo)}.png`;
    const first = one?.deliveries[0]?.commit as string;
    expect(await gitBytes(clone, 'cat-file', 'blob', `${first}:${path}`)).toEqual(photo);
    expect(await git(clone, 'show', '--format=%an %aI', '--name-only', first)).toMatch(
      new RegExp(`^Ann 2026-01-02T00:00:01\\+00:00\n\n${path}\nmessages/`),
    );
    expect(await git(clone, 'log', '-p')).not.toContain(SECRET);

    const log = await git(clone, 'log', '--reverse', '--format=%aI', '--', 'messages');
    expect(log.split('\n')).toEqual([1, 2, 3, 4].map((second) => `2026-01-02T00:00:0${second}+00:00`));
    const head = await git(clone, 'rev-parse', 'HEAD');
    expect(await importFile(api, '', export_)).toMatchObject({
      created: 0,
      updated: 0,
      present: 4,
      attachments: 3,
    });
    expect(await git(clone, 'rev-parse', 'HEAD')).toBe(head);
    heads.push(await git(clone, 'grep', '-h', 'revision', 'HEAD'));
    await close();
  }
  expect(heads[0]).toBe(heads[1]);
});

test('files that come with a later export are added, and what was changed here stays', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const messages = [message(1, ['a.txt']), message(2, ['b.txt'], 'two'), message(3, ['c.txt'], 'three')];
  await importFile(api, '', await discord(messages, {}));
  const [, , three] = await all(api);
  await api.edit(three?.id ?? '', { text: 'mine' });

  const full = await discord(messages, { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
  expect(await importFile(api, '?dryRun=true', full)).toMatchObject({ created: 0, updated: 3 });
  expect(await importFile(api, '', full)).toMatchObject({ created: 0, updated: 3, attachments: 3 });
  const now = await all(api);
  expect(now.map(({ text }) => text)).toEqual(['', 'two', 'mine']);
  expect(now.map(namesOf)).toEqual([['a.txt'], ['b.txt'], ['c.txt']]);

  // A file that a person has taken away does not come back, and an export without files takes none away.
  await api.edit(now[1]?.id ?? '', { attachments: [] });
  expect(await importFile(api, '', full)).toMatchObject({ created: 0, updated: 0, present: 3 });
  expect(await importFile(api, '', await discord(messages, {}))).toMatchObject({ updated: 0, present: 3 });
  expect((await all(api)).map(namesOf)).toEqual([['a.txt'], undefined, ['c.txt']]);
});

test('a file with a credential is imported if it is meant to be', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const export_ = await discord([message(1, ['keys.txt'], 'see')], { 'keys.txt': `token ${SECRET}` });
  expect(await importFile(api, '?confirm=true', export_)).toMatchObject({ attachments: 1, skipped: [] });
  expect(namesOf((await all(api))[0])).toEqual(['keys.txt']);
});

test('a link in a zip, and a path that leads out of it, are refused', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const export_ = await discord([message(1, ['link'], 'see')], { link: '/etc/passwd' });
  const linked = Buffer.from(export_);
  // The mode of an entry is in the upper half of its attributes, 38 bytes into its place in the directory.
  const at = linked.lastIndexOf('media/link') - 46;
  linked.writeUInt32LE((0o120777 << 16) >>> 0, at + 38);
  expect(problemOf(await sendExport(api, '', linked), 422).detail).toContain('link');
  const outside = Buffer.from(export_.toString('latin1').replaceAll('media/link', '../../link'), 'latin1');
  expect(problemOf(await sendExport(api, '', outside), 422).detail).toContain('path');
  expect(await api.messages()).toEqual([]);
});

test('a clone packed as a zip brings its files, and one with other bytes is left out', async () => {
  const folder = await temporaryFolder();
  const { api, close } = await startSmallApp(folder);
  const media = { 'cat.png': photo, 'note.txt': 'milk' };
  await importFile(api, '', await discord([message(1, ['cat.png', 'note.txt'], 'Look')], media));
  const clone = join(folder, 'repos', 'messages');
  const names = (await git(clone, 'ls-tree', '-r', '--name-only', 'HEAD')).split('\n').filter(Boolean);
  const packed: Record<string, Buffer> = {};
  for (const name of names) packed[name] = await gitBytes(clone, 'cat-file', 'blob', `HEAD:${name}`);
  await close();
  const note = names.find((name) => name.includes(hashOf(Buffer.from('milk')))) as string;
  packed[note] = Buffer.from('poison');

  const other = (await startSmallApp(await temporaryFolder())).api;
  const result = await importFile(other, '', await zipOf(packed));
  expect(result).toMatchObject({ format: 'gitpost', created: 1, attachments: 1 });
  expect(skippedIn(result)).toEqual({ 'file-damaged': 1 });
  expect((await fetchFile(other, hashOf(photo))).bytes).toEqual(photo);
  expect((await fetchFile(other, hashOf(Buffer.from('milk')))).status).toBe(404);
  packed[note] = Buffer.from('milk');
  expect(await importFile(other, '', await zipOf(packed))).toMatchObject({ present: 1, created: 0 });
});

test('notes are imported from a zip, and changed ones get a revision', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const notes = (text: string) =>
    zipOf({
      'notes/2026-01-02.md': `- 10:05 ${text}\n- 10:05 Second ![[a.png]]\n- 10:06 Third`,
      'notes/Idea.md': '---\ndate: 2026-01-03\n---\nText',
      'notes/a.png': photo,
    });
  expect((await sendExport(api, '', await notes('First'))).status).toBe(422);
  const result = await importFile(api, '?zone=Europe/Berlin', await notes('First'));
  expect(result).toMatchObject({ format: 'markdown', created: 4, attachments: 1 });
  expect(await all(api)).toMatchObject([
    { text: 'First', createdAt: '2026-01-02T09:05:00.000Z', tags: ['notes'] },
    { text: 'Second ![](attachment:a.png)', createdAt: '2026-01-02T09:05:00.001Z' },
    { text: 'Third' },
    { text: '# Idea\n\nText', createdAt: '2026-01-02T23:00:00.000Z' },
  ]);
  expect(await importFile(api, '?zone=Europe/Berlin', await notes('Changed'))).toMatchObject({
    ...{ created: 0, updated: 1, present: 3 },
  });
  expect((await all(api))[0]).toMatchObject({ text: 'Changed', revision: 2 });
});
