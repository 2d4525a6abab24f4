import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examine } from '../../../src/import/examine.ts';
import { FileFinder } from '../../../src/import/file-finder.ts';
import type { ExportFile } from '../../../src/import/files.ts';
import { formatOf, recognise } from '../../../src/import/formats.ts';
import { openSource } from '../../../src/import/source.ts';
import { heldIn } from '../../../src/import/values.ts';
import { zipOf } from '../../support/exports/zip.ts';
import { temporaryFolder } from '../../support/tmp.ts';

/** The names of the files of each message, and what the export holds of them. */
async function filesIn(content: Parameters<typeof zipOf>[0]) {
  const path = join(await temporaryFolder(), 'export');
  await writeFile(path, await zipOf(content));
  const source = await openSource(path);
  try {
    const format = await recognise(source);
    const found: [string, string | undefined][] = [];
    for await (const item of formatOf(format).read(source, { zone: 'UTC' }, 'Me')) {
      if (!('conversation' in item)) continue;
      for (const { name, content: file } of item.files ?? []) {
        const chunks: Buffer[] = [];
        if (file) for await (const chunk of file.read()) chunks.push(chunk);
        found.push([name, file && Buffer.concat(chunks).toString()]);
      }
    }
    return { format, found };
  } finally {
    await source.close();
  }
}

test('Discord: media beside the JSON, paths of the computer that made it, and links', async () => {
  const message = (id: string, url: string) => ({
    id,
    type: 'Default',
    timestamp: '2026-01-02T00:00:00+00:00',
    content: '',
    author: { name: 'ann' },
    attachments: [{ fileName: `${id}.png`, url }],
  });
  const { format, found } = await filesIn({
    'a/general.json': {
      guild: { id: '1' },
      channel: { id: '2', name: 'general' },
      messages: [
        message('1', 'general.json_Files\\one-A1.png'),
        message('2', 'C:\\Users\\ann\\general.json_Files\\two-B2.png'),
        message('3', 'https://cdn.discordapp.com/attachments/1/2/one-A1.png'),
        message('4', '../../../etc/passwd'),
      ],
    },
    'a/general.json_Files/one-A1.png': 'one',
    'a/general.json_Files/two-B2.png': 'two',
    // What someone attached is no channel, and must not stop the import.
    'a/general.json_Files/broken.json': '{"messages": [',
  });
  expect(format).toBe('discord');
  expect(found).toEqual([
    ['1.png', 'one'],
    ['2.png', 'two'],
    ['3.png', undefined],
    ['4.png', undefined],
  ]);
});

test('Telegram: photos and files by their paths, and a JSON that someone sent', async () => {
  const { found } = await filesIn({
    'ChatExport/result.json': {
      name: 'Bob',
      type: 'personal_chat',
      id: 1,
      messages: [
        { id: 1, type: 'message', date_unixtime: '1', from: 'Bob', text: '', photo: 'photos/p.jpg' },
        { id: 2, type: 'message', date_unixtime: '2', from: 'Bob', text: '', file: 'files/package.json' },
        { id: 3, type: 'message', date_unixtime: '3', from: 'Bob', text: '', file: 'files/lost.bin' },
      ],
    },
    'ChatExport/photos/p.jpg': 'photo',
    'ChatExport/files/package.json': '{"name":',
  });
  expect(found).toEqual([
    ['p.jpg', 'photo'],
    ['package.json', '{"name":'],
    ['lost.bin', undefined],
  ]);
});

test('WhatsApp: media of the zip, and a text file that is no chat', async () => {
  const { found } = await filesIn({
    '_chat.txt':
      '[15.04.16, 15:04:00] Ann: \u200e<attached: 01-PHOTO.jpg>\n[15.04.16, 15:05:00] Ann: notes.txt (file attached)\n',
    '01-PHOTO.jpg': 'jpg',
    'notes.txt': 'milk',
  });
  expect(found).toEqual([
    ['01-PHOTO.jpg', 'jpg'],
    ['notes.txt', 'milk'],
  ]);
});

test('Mattermost: files of posts and replies, with the folder in the path or not', async () => {
  const lines = [
    { type: 'version', version: 1 },
    {
      type: 'post',
      post: {
        ...{ team: 't', channel: 'c', user: 'ann', message: 'hi', create_at: 1 },
        attachments: [{ path: 'data/one.txt' }],
        replies: [{ user: 'bob', message: '', create_at: 2, attachments: [{ path: '2026/two.txt' }] }],
      },
    },
  ];
  const { format, found } = await filesIn({
    'import.jsonl': lines.map((line) => JSON.stringify(line)).join('\n'),
    'data/one.txt': 'one',
    'data/2026/two.txt': 'two',
    'data/log.jsonl': 'not a line',
  });
  expect(format).toBe('mattermost');
  expect(found).toEqual([
    ['one.txt', 'one'],
    ['two.txt', 'two'],
  ]);
});

test('Slack: files that another program has fetched', async () => {
  const { found } = await filesIn({
    'users.json': [],
    'channels.json': [{ id: 'C1', name: 'general' }],
    'general/2026-01-02.json': [
      { user: 'U', ts: '1.000100', text: '', files: [{ id: 'F1', name: 'a.txt' }] },
      { user: 'U', ts: '2.000100', text: '', files: [{ id: 'F2', name: 'b.txt' }] },
      { user: 'U', ts: '3.000100', text: '', files: [{ id: 'F3', name: '../../users.json' }] },
      { user: 'U', ts: '4.000100', text: '', files: [{ id: 'F4', name: 'c.txt' }] },
    ],
    'general/attachments/F1-a.txt': 'a',
    '__uploads/F2/b.txt': 'b',
  });
  expect(found).toEqual([
    ['a.txt', 'a'],
    ['b.txt', 'b'],
    ['../../users.json', undefined],
    ['c.txt', undefined],
  ]);
});

test('Element: files by name and date, by size, then by minute and second', async () => {
  const event = (id: string, body: string, at: string, msgtype = 'm.image', size?: number) => ({
    ...{ type: 'm.room.message', event_id: id, sender: '@a:b', origin_server_ts: Date.parse(at) },
    content: { msgtype, body, url: 'mxc://a/b', ...(size === undefined ? {} : { info: { size } }) },
  });
  const { found } = await filesIn({
    'Room/export.json': {
      room_name: 'Room',
      messages: [
        event('$1', 'cat.png', '2026-01-02T10:05:01Z'),
        event('$2', 'cat.png', '2026-01-02T10:06:02Z'),
        event('$3', 'plan.pdf', '2026-01-02T10:07:03Z', 'm.file', 4),
        event('$4', 'dog.png', '2026-01-02T10:08:04Z'),
        event('$5', 'Voice message', '2026-01-02T10:09:05Z', 'm.audio'),
      ],
    },
    'Room/images/cat-1-2-2026 at 12-05-01 PM.png': 'one',
    'Room/images/cat-1-2-2026 at 12-06-02 PM.png': 'two',
    'Room/images/cat-fish-1-2-2026 at 12-06-02 PM.png.txt': 'another',
    'Room/files/plan-1-2-2026 at 12-07-03 PM.pdf': 'plan',
    'Room/files/plan-1-2-2026 at 12-07-04 PM.pdf': 'longer',
    'Room/images/dog-1-2-2026.png': 'dog 1',
    'Room/images/dog-2-2-2026.png': 'dog 2',
    'Room/audio/Voice message-1-2-2026 at 12-09-05 PM.ogg': 'voice',
  });
  expect(found).toEqual([
    ['cat.png', 'one'],
    ['cat.png', 'two'],
    ['plan.pdf', 'plan'],
    // Two files could be it: nothing is guessed.
    ['dog.png', undefined],
    ['Voice message', 'voice'],
  ]);
});

test('Google Keep and memos: pictures beside the note, and bytes in the answer', async () => {
  const keep = await filesIn({
    'Takeout/Keep/a.json': {
      ...{ isTrashed: false, isPinned: false, textContent: 'x', createdTimestampUsec: 1600000000000000 },
      attachments: [{ filePath: 'one.jpeg', mimetype: 'image/jpeg' }, { filePath: 'two.png' }],
    },
    'Takeout/Keep/one.jpg': 'one',
    'Takeout/Keep/two.png': 'two',
  });
  expect(keep.found).toEqual([
    ['one.jpeg', 'one'],
    ['two.png', 'two'],
  ]);
  const resources = [
    { filename: 'a.txt', content: Buffer.from('in it').toString('base64') },
    { filename: 'b.txt', content: '' },
  ];
  const memos = await filesIn({
    'page.json': {
      memos: [{ name: 'memos/1', createTime: '2024-01-01T00:00:00Z', content: '', resources }],
    },
    'resources/b.txt': 'beside it',
  });
  expect(memos.found).toEqual([
    ['a.txt', 'in it'],
    ['b.txt', 'beside it'],
  ]);
});

describe('a reference', () => {
  const file = (name: string): ExportFile => ({ name, ...heldIn(Buffer.from(name)) });
  const finder = new FileFinder(['a/b/c.txt', 'a/d.txt', 'e/d.txt', 'e/cafe\u0301.txt'].map(file));

  test.each([
    ['c.txt', 'a/b/x.json', 'a/b/c.txt'],
    ['../d.txt', 'a/b/x.json', 'a/d.txt'],
    ['.\\b//c.txt', 'a/x.json', 'a/b/c.txt'],
    ['caf\u00e9.txt', 'e/x.json', 'e/cafe\u0301.txt'],
    ['../../../a/d.txt', 'a/b/x.json', undefined],
    ['constructor', '', undefined],
    ['', 'a/x.json', undefined],
  ])('%j in %j is %j', (reference, from, name) => {
    expect(finder.at(reference, from)?.name).toBe(name);
  });

  test('a name that two files share is not guessed', () => {
    expect(finder.named('C:\\x\\c.txt')?.name).toBe('a/b/c.txt');
    expect(finder.named('d.txt')).toBeUndefined();
  });
});

describe('a file of an export', () => {
  const bounds = { most: 10_000, guardsSecrets: true };
  const secret = `ghp_${'a1'.repeat(18)}`;

  test('is what its bytes say', async () => {
    expect(
      await examine(heldIn(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')), bounds),
    ).toMatchObject({
      type: 'image/svg+xml',
    });
  });

  test.each([
    ['file-empty', heldIn(Buffer.alloc(0))],
    ['file-too-large', heldIn(Buffer.alloc(10_001))],
    ['file-too-large', { ...heldIn(Buffer.alloc(10_001)), size: 1 }],
    ['file-with-credential', heldIn(Buffer.from(`key: ${secret}\n`))],
    ['file-damaged', { size: 1, read: () => cutOff() }],
  ])('is left out: %s', async (reason, content) => {
    expect(await examine(content, bounds)).toBe(reason);
  });

  test('a credential is found wherever the pieces end, and only in text', async () => {
    const text = Buffer.from(`${'x '.repeat(50)}${secret} `);
    const pieces = async function* () {
      for (let at = 0; at < text.length; at += 7) yield text.subarray(at, at + 7);
    };
    expect(await examine({ size: 1, read: pieces }, bounds)).toBe('file-with-credential');
    expect(await examine({ size: 1, read: pieces }, { ...bounds, guardsSecrets: false })).toMatchObject({});
    expect(await examine(heldIn(Buffer.from(`${secret}\0`)), bounds)).toMatchObject({
      type: 'application/octet-stream',
    });
  });

  test('a zip says when the bytes of one are not those that were packed', async () => {
    const packed = await zipOf({ 'a.bin': 'MARK' }, { isCompressed: false });
    const path = join(await temporaryFolder(), 'export');
    packed[packed.indexOf('MARK')] = 0x6d;
    await writeFile(path, packed);
    const source = await openSource(path);
    const file = source.files.find(({ name }) => name === 'a.bin') as ExportFile;
    expect(await examine(file, bounds)).toBe('file-damaged');
    await source.close();
  });
});

// biome-ignore lint/correctness/useYield: it fails before it yields anything.
async function* cutOff(): AsyncGenerator<Buffer> {
  throw new Error('cut off');
}
