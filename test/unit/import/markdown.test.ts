import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayOf } from '../../../src/import/formats/markdown/daily.ts';
import { frontMatterOf } from '../../../src/import/formats/markdown/front-matter.ts';
import { writtenDate } from '../../../src/import/formats/markdown/note-date.ts';
import { formatOf, recognise } from '../../../src/import/formats.ts';
import type { ImportedMessage, Item } from '../../../src/import/message.ts';
import { Refusal } from '../../../src/import/refusal.ts';
import { openSource } from '../../../src/import/source.ts';
import { zipOf } from '../../support/exports/zip.ts';
import { temporaryFolder } from '../../support/tmp.ts';

async function readAt(path: string, zone?: string, name = '') {
  const source = await openSource(path, name);
  try {
    const format = await recognise(source);
    const items: Item[] = [];
    for await (const item of formatOf(format).read(source, { zone }, 'Me')) items.push(item);
    const messages = items.filter((item): item is ImportedMessage => 'conversation' in item);
    const skipped = items.flatMap((item) => ('skipped' in item ? [[item.skipped, item.example]] : []));
    return { format, messages, skipped };
  } finally {
    await source.close();
  }
}

async function read(
  files: Parameters<typeof zipOf>[0],
  zone?: string,
  options?: Parameters<typeof zipOf>[1],
) {
  const path = join(await temporaryFolder(), 'export');
  await writeFile(path, await zipOf(files, options));
  return readAt(path, zone);
}

const VAULT = {
  'vault/2026-11-28.md': [
    '# 2026-11-28',
    '- 09:05 Woke up #day',
    '- **10:30** – Wrote this',
    '    with a second line',
    '- [x] 11:00 Call Bob',
    '- 11:00 and another',
    '- 25:00 is no time',
    'Slept well.',
  ].join('\r\n'),
  'vault/Ideas/Garden.md': [
    '---',
    'created: 2026-11-20T08:00:00+01:00',
    'tags: [Plants, project/big]',
    'author: Ann',
    'pinned: true',
    '---',
    'See [[Roses|the roses]], [[Roses#Red]] and ![[lily.png|300]] ![[rose.png]].',
    '![plan](../files/my%20plan.png "A plan") [sheet](../files/sheet.ods) [web](https://e.example/x.png)',
    '`![[not.png]]`',
    '```',
    '![code](code.png)',
    '```',
    '![gone](gone.png)',
  ].join('\n'),
  'vault/Ideas/Roses.md': '# Roses\n\nRed.\n![[red/rose.png]] ![[blue/rose.png]]',
  'vault/Ideas/Meeting 2026-11-21.md': 'With Bob',
  'vault/Ideas/202611221005 Zettel.md': 'Short',
  'vault/Ideas/Broken.md': '---\ntags: [a\n---\nText',
  'vault/Ideas/Rule.md': '---\nnot a key\n---\nText',
  'vault/Empty.md': '',
  'vault/assets/lily.png': 'lily',
  'vault/assets/rose.png': 'rose',
  'vault/red/rose.png': 'red rose',
  'vault/blue/rose.png': 'blue rose',
  'vault/files/my plan.png': 'plan',
  'vault/files/sheet.ods': 'sheet',
  'vault/.obsidian/README.md': 'of a plugin',
  'vault/.trash/Old.md': 'old',
  '__MACOSX/vault/._Roses.md': 'x',
};

test('a vault: notes, days with times, front matter, links between notes, and pictures', async () => {
  await expect(read(VAULT)).rejects.toMatchObject({ failure: { members: { needs: ['zone'] } } });
  const { format, messages, skipped } = await read(VAULT, 'Europe/Berlin', {
    mtime: new Date('2020-01-01Z'),
  });
  expect(format).toBe('markdown');
  expect(skipped).toEqual([
    ['in-trash', 'vault/.trash/Old.md'],
    ['front-matter-not-read', 'vault/Ideas/Broken.md'],
  ]);
  const short = messages.map(({ createdAt, text, conversation }) => [
    new Date(createdAt).toISOString(),
    conversation.name,
    text.split('\n')[0],
  ]);
  expect(short).toEqual([
    ['2026-11-27T23:00:00.000Z', 'vault', '# 2026-11-28'],
    ['2026-11-28T08:05:00.000Z', 'vault', 'Woke up #day'],
    ['2026-11-28T09:30:00.000Z', 'vault', 'Wrote this'],
    ['2026-11-28T10:00:00.000Z', 'vault', '- [x] Call Bob'],
    ['2026-11-28T10:00:00.000Z', 'vault', 'and another'],
    ['2020-01-01T00:00:00.000Z', 'vault', '# Empty'],
    ['2026-11-22T09:05:00.000Z', 'Ideas', '# Zettel'],
    ['2020-01-01T00:00:00.000Z', 'Ideas', '# Broken'],
    ['2026-11-20T07:00:00.000Z', 'Ideas', '# Garden'],
    ['2026-11-20T23:00:00.000Z', 'Ideas', '# Meeting 2026-11-21'],
    ['2020-01-01T00:00:00.000Z', 'Ideas', '# Roses'],
    ['2020-01-01T00:00:00.000Z', 'Ideas', '# Rule'],
  ]);
  expect(messages[2]?.text).toBe('Wrote this\nwith a second line');
  expect(new Set(messages.map(({ sourceId }) => sourceId)).size).toBe(messages.length);
  const find = (name: string) => messages.find(({ sourceId }) => sourceId?.endsWith(name));
  expect(find('Garden')).toMatchObject({
    author: 'Ann',
    type: 'markdown',
    tags: ['Plants', 'project/big'],
    pinned: true,
    text: [
      '# Garden',
      '',
      // Three files have the name of the last one, and none is beside the note.
      'See the roses, Roses > Red and ![](attachment:lily.png) ![[rose.png]].',
      '![plan](attachment:my%20plan.png) [sheet](../files/sheet.ods) [web](https://e.example/x.png)',
      '`![[not.png]]`',
      '```',
      '![code](code.png)',
      '```',
      '![gone](gone.png)',
    ].join('\n'),
  });
});

test('a picture of a note is found as Obsidian finds it, and two of one name are two', async () => {
  const { messages } = await read({ ...VAULT, 'vault/Ideas/rose.png': 'the one beside it' }, 'Europe/Berlin');
  const filesOf = (name: string) =>
    messages
      .find(({ sourceId }) => sourceId?.endsWith(name))
      ?.files?.map((file) => [file.name, (file.content as { name?: string } | undefined)?.name]);
  expect(filesOf('Garden')).toEqual([
    ['lily.png', 'vault/assets/lily.png'],
    ['rose.png', 'vault/Ideas/rose.png'],
    ['my plan.png', 'vault/files/my plan.png'],
    ['sheet.ods', 'vault/files/sheet.ods'],
    ['gone.png', undefined],
  ]);
  const roses = messages.find(({ sourceId }) => sourceId?.endsWith('Roses'));
  expect(roses?.text).toContain('![](attachment:rose.png) ![](attachment:rose-2.png)');
});

test('without any other date, a note has that of its file', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'notes', 'sub', 'Plain.md');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'text');
  await utimes(path, 1_700_000_000, 1_700_000_000);
  expect((await readAt(join(folder, 'notes'))).messages).toMatchObject([
    { createdAt: 1_700_000_000_000, conversation: { id: 'sub', name: 'sub' } },
  ]);
  // Zips of Windows have only the time of a clock on the wall.
  const zip = await zipOf(
    { 'Plain.md': 'text' },
    { mtime: new Date(2023, 10, 14, 23, 14), forceDosTimestamp: true },
  );
  const packed = join(folder, 'export');
  await writeFile(packed, zip);
  await expect(readAt(packed)).rejects.toBeInstanceOf(Refusal);
  expect((await readAt(packed, 'Europe/Berlin')).messages).toMatchObject([
    { createdAt: Date.parse('2023-11-14T22:14:00Z'), conversation: { name: 'notes' } },
  ]);
});

test('a single note is known by its name', async () => {
  const path = join(await temporaryFolder(), 'export');
  await writeFile(path, Buffer.from('caf\xe9', 'latin1'));
  const { format, messages } = await readAt(path, 'UTC', '2026-01-02 Coffee.md');
  expect(format).toBe('markdown');
  expect(messages).toMatchObject([{ text: '# Coffee\n\ncafé', sourceId: '2026-01-02 Coffee' }]);
});

test.each([
  ['2026-11-28', { day: { year: 2026, month: 11, day: 28 } }],
  ['20261128 x', { day: { year: 2026, month: 11, day: 28 } }],
  [
    '2026-11-28 10.05 x',
    { day: { year: 2026, month: 11, day: 28 }, time: { hour: 10, minute: 5, second: 0 } },
  ],
  ['20261128100502', { day: { year: 2026, month: 11, day: 28 }, time: { hour: 10, minute: 5, second: 2 } }],
  ['2026-13-28', undefined],
  ['2026', undefined],
  ['12345678901234567890', undefined],
])('%s is %j', (text, date) => {
  expect(writtenDate(text)).toEqual(date);
});

describe('front matter', () => {
  test('is read whatever its line ends, and left alone if it is none', () => {
    expect(frontMatterOf('---\nA: 1\n---\n\ntext')).toEqual({
      values: { a: 1 },
      body: 'text',
      isBroken: false,
    });
    expect(frontMatterOf('---\n---\ntext')).toMatchObject({ values: {}, body: 'text' });
    expect(frontMatterOf('--- a\ntext')).toMatchObject({ body: '--- a\ntext' });
    expect(frontMatterOf('---\nno end')).toMatchObject({ body: '---\nno end' });
  });

  test('cannot grow beyond what was written', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let at = 1; at < 12; at += 1) {
      const [name, before] = [at, at - 1].map((one) => String.fromCharCode(97 + one));
      lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`);
    }
    expect(frontMatterOf(`---\n${lines.join('\n')}\n---\ntext`)).toMatchObject({ isBroken: true });
  });
});

test('a day without times is one text', () => {
  expect(dayOf('- milk\n- 2 eggs\n')).toEqual({ parts: [], rest: '- milk\n- 2 eggs' });
});
