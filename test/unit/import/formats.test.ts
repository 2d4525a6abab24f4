import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatOf, recognise } from '../../../src/import/formats.ts';
import type { ImportedMessage, Item, ReadOptions } from '../../../src/import/message.ts';
import { Refusal } from '../../../src/import/refusal.ts';
import { openSource } from '../../../src/import/source.ts';
import { zipOf } from '../../support/exports/zip.ts';
import { temporaryFolder } from '../../support/tmp.ts';

/** Recognises an export and reads all of it. */
async function read(content: string | Buffer | object, options: ReadOptions = {}, name = '') {
  const path = join(await temporaryFolder(), 'export');
  const isText = typeof content === 'string' || Buffer.isBuffer(content);
  await writeFile(path, isText ? content : JSON.stringify(content));
  const source = await openSource(path, name);
  try {
    const format = await recognise(source);
    const items: Item[] = [];
    for await (const item of formatOf(format).read(source, options, 'Me')) items.push(item);
    const messages = items.filter((item): item is ImportedMessage => 'conversation' in item);
    const skipped = items.flatMap((item) => ('skipped' in item ? [item.skipped] : []));
    return { format, items, messages, skipped };
  } finally {
    await source.close();
  }
}

const needs = async (reading: Promise<unknown>): Promise<unknown> => {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refusal);
  return (error as Refusal).failure.members?.needs;
};

test('Telegram: text in pieces, exact and local times, service messages, files that are not there', async () => {
  const chat = {
    name: 'Bob',
    type: 'personal_chat',
    id: 700,
    messages: [
      { id: 1, type: 'service', date: '2022-01-01T10:00:00', action: 'joined_telegram', text: '' },
      {
        id: 2,
        type: 'message',
        date_unixtime: '1652135033',
        from: 'Bob',
        text: ['so ', { type: 'bold', text: 'bold* ' }, 'x'],
      },
      {
        id: 3,
        type: 'message',
        date: '2022-03-08T13:07:42',
        from: 'Ann',
        text: 'local',
        reply_to_message_id: 2,
      },
      {
        id: 4,
        type: 'message',
        date_unixtime: '1654898798',
        from: 'Ann',
        photo: '(File not included.)',
        text: '',
      },
    ],
  };
  expect(await needs(read(chat))).toEqual(['zone']);
  const { format, messages, skipped } = await read(
    { about: 'x', chats: { about: 'y', list: [chat] } },
    { zone: 'Europe/Berlin' },
  );
  expect(format).toBe('telegram');
  expect(skipped).toEqual(['system-message']);
  expect(messages).toMatchObject([
    {
      sourceId: '2',
      conversation: { id: '700', name: 'Bob' },
      text: 'so **bold\\*** x',
      type: 'markdown',
      createdAt: 1652135033000,
    },
    { sourceId: '3', replyTo: '2', createdAt: Date.parse('2022-03-08T12:07:42Z'), shift: 3 },
    { sourceId: '4', text: '(photo: not in the export)', files: [] },
  ]);
});

test.each([
  ['[12.09.20, 22:05:11] Ann: hi', '2020-09-12T20:05:11Z', { dates: 'dmy' }],
  ['15.04.2016, 15:04 - Ann: hi', '2016-04-15T13:04:00Z', {}],
  ['4/15/16, 3:04\u202fp. m. - Ann: hi', '2016-04-15T13:04:00Z', {}],
  ['\u200e[15/4/16 12:04:00 AM] ~\u202fAnn: hi', '2016-04-14T22:04:00Z', {}],
  ['2016-04-15, 15:04 - Ann: hi', '2016-04-15T13:04:00Z', {}],
] as const)('WhatsApp: %s', async (line, time, more) => {
  const { format, messages } = await read(`${line}\n`, { zone: 'Europe/Berlin', ...more });
  expect(format).toBe('whatsapp');
  expect(messages).toMatchObject([{ author: 'Ann', text: 'hi', createdAt: Date.parse(time) }]);
});

test('WhatsApp: several lines, system lines, media, and a chat called by its file', async () => {
  const chat = [
    '15.04.2016, 15:04 - Messages and calls are end-to-end encrypted. No one: not even WhatsApp',
    '15.04.2016, 15:05 - Ann: one',
    'two: three',
    '15.04.2016, 15:06 - Ann: IMG-1.jpg (file attached)',
    'the caption',
    '15.04.2016, 15:07 - Ann: <Media omitted>',
    '15.04.2016, 15:08 - Bob changed the subject from "a: b" to "c"',
  ].join('\r\n');
  const zip = await zipOf({ 'WhatsApp Chat with Bob (2).txt': chat, 'IMG-1.jpg': 'x' });
  const { messages, skipped } = await read(zip, { zone: 'UTC' });
  expect(messages).toMatchObject([
    { text: 'one\ntwo: three', conversation: { id: 'Bob', name: 'Bob' } },
    { text: 'the caption', files: [{ name: 'IMG-1.jpg', content: { size: 1 } }] },
  ]);
  expect(skipped).toEqual(['system-message', 'media-not-in-export', 'system-message']);
});

test('Mattermost: channels by name, nested replies, direct messages', async () => {
  const lines = [
    { type: 'version', version: 1 },
    { type: 'channel', channel: { team: 't', name: 'c', display_name: 'Common room' } },
    {
      type: 'post',
      post: {
        team: 't',
        channel: 'c',
        user: 'ann',
        message: 'hi',
        create_at: 1553166657086,
        reactions: null,
        replies: [{ user: 'bob', message: 'yes', create_at: 1553166657087 }],
      },
    },
    {
      type: 'direct_post',
      direct_post: {
        channel_members: ['bob', 'ann'],
        user: 'bob',
        message: 'psst',
        create_at: 1553166657088,
        replies: null,
      },
    },
  ];
  const { format, messages } = await read(lines.map((line) => JSON.stringify(line)).join('\n'));
  expect(format).toBe('mattermost');
  expect(messages).toMatchObject([
    { author: 'ann', conversation: { id: 't/c', name: 'Common room' }, createdAt: 1553166657086 },
    { author: 'bob', replyTo: '1553166657086 ann' },
    { conversation: { name: 'ann bob' }, text: 'psst' },
  ]);
});

test('Element: edits, replies without their quote, encrypted and redacted events', async () => {
  const event = (event_id: string, content: object, more: object = {}) => ({
    type: 'm.room.message',
    event_id,
    sender: '@ann:example.org',
    room_id: '!r',
    origin_server_ts: 1_700_000_000_000,
    content,
    ...more,
  });
  const { format, messages, skipped } = await read({
    room_name: 'Room',
    messages: [
      event('$1', { msgtype: 'm.text', body: 'one' }),
      event(
        '$2',
        {
          body: '* two',
          'm.new_content': { body: 'two' },
          'm.relates_to': { rel_type: 'm.replace', event_id: '$1' },
        },
        { origin_server_ts: 1_700_000_001_000 },
      ),
      event('$6', {
        ...{ body: 'bold', format: 'org.matrix.custom.html', formatted_body: '<b>bold</b> a_b' },
      }),
      event('$7', {
        body: '* x',
        'm.new_content': { body: 'plain*' },
        'm.relates_to': { rel_type: 'm.replace', event_id: '$6' },
      }),
      event('$3', {
        body: '> <@ann:example.org> one\n\nanswer',
        'm.relates_to': { 'm.in_reply_to': { event_id: '$1' } },
      }),
      event('$4', {}, { unsigned: { redacted_because: {} } }),
      event('$5', {}, { type: 'm.room.encrypted' }),
    ],
  });
  expect(format).toBe('element');
  expect(messages).toMatchObject([
    { sourceId: '$1', author: 'ann', text: 'one', edits: [{ at: 1_700_000_001_000, text: 'two' }] },
    { type: 'markdown', text: '**bold** a\\_b', edits: [{ text: 'plain\\*' }] },
    { text: 'answer', replyTo: '$1', type: 'text' },
  ]);
  expect(skipped).toEqual(['deleted-in-source', 'still-encrypted']);
});

test('Google Keep: times as text or number, lists, labels, broken and trashed notes', async () => {
  const zip = await zipOf({
    'Takeout/Keep/a.json': {
      isTrashed: false,
      isPinned: true,
      title: 'Buy',
      listContent: [
        { text: 'milk', isChecked: true },
        { text: 'tea', isChecked: false },
      ],
      labels: [{ name: 'Home' }],
      createdTimestampUsec: '1600000000000000',
      userEditedTimestampUsec: 1600000001000000,
    },
    'Takeout/Keep/b.json': {
      isTrashed: false,
      isArchived: true,
      textContent: 'only edited',
      textContentHtml: '<p dir="ltr"><span style="font-size:7pt; font-weight: bold">only edited</span></p>',
      userEditedTimestampUsec: 1600000002000000,
    },
    'Takeout/Keep/c.json': { isTrashed: true, textContent: 'gone', createdTimestampUsec: 1600000003000000 },
    'Takeout/Keep/d.json': '{"textContent": "cut',
    'Takeout/Keep/Labels.txt': 'Home',
  });
  const { format, messages, skipped } = await read(zip);
  expect(format).toBe('keep');
  expect(messages).toMatchObject([
    {
      text: '# Buy\n\n- [x] milk\n- [ ] tea',
      type: 'markdown',
      tags: ['Home'],
      pinned: true,
      createdAt: 1_600_000_000_000,
      author: 'Me',
    },
    { text: '**only edited**', tags: ['archived'], createdAt: 1_600_000_002_000 },
  ]);
  expect(skipped).toEqual(['in-trash', 'broken-file']);
});

test('Simplenote and memos: dates, tags, pins and the trash', async () => {
  const note = {
    id: 'n1',
    content: 'a\r\nb',
    creationDate: '2020-06-08T21:28:43.856Z',
    tags: ['x'],
    markdown: true,
  };
  const simplenote = await read({ activeNotes: [note], trashedNotes: [{ ...note, id: 'n2' }] });
  expect(simplenote).toMatchObject({
    format: 'simplenote',
    messages: [{ text: 'a\nb', tags: ['x'], type: 'markdown' }],
    skipped: ['in-trash'],
  });
  const memos = await read({
    memos: [{ name: 'memos/1', createTime: '2024-01-01T00:00:00Z', content: '#a b', pinned: true }],
    nextPageToken: '',
  });
  expect(memos).toMatchObject({
    format: 'memos',
    messages: [{ sourceId: 'memos/1', pinned: true, text: '#a b' }],
  });
});

test('a large JSON is read in small pieces, wherever the pieces end', async () => {
  const { jsonParts } = await import('../../../src/import/json-parts.ts');
  const value = { a: 'x"\\}é😀', n: -1.5, messages: [{ t: '[' }, 'two', 3, null, []], end: true };
  const bytes = Buffer.from(`\ufeff${JSON.stringify(value, null, 1)}`);
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const parts: [string, unknown][] = [];
    for await (const { path, value: part } of jsonParts(
      chunks(),
      (at) => at === '' || at === 'messages',
      'f',
    ))
      if (part !== undefined) parts.push([path, part]);
    const items = value.messages.map((item) => ['messages/*', item]);
    expect(parts, `pieces of ${size}`).toEqual([['a', value.a], ['n', -1.5], ...items, ['end', true]]);
  }
});

test.each([
  [
    'irssi',
    '--- Log opened Sat Jan 08 23:33:54 2005\n23:34 -!- bot has joined #pov\n23:34 <@ann> hi\n--- Day changed Sun Jan 09 2005\n00:01  * bob waves\n',
  ],
  [
    'energymech',
    '[2005-01-08 23:34:00] *** Joins: bot\n[2005-01-08 23:34:00] <ann> hi\n[2005-01-09 00:01:00] * bob waves\n',
  ],
  [
    'WeeChat',
    '2005-01-08 23:34:00\t-->\tbot has joined\n2005-01-08 23:34:00\t@ann\t\u000304hi\n2005-01-09 00:01:00\t *\tbob waves\n',
  ],
])('IRC: a log of %s', async (_, log) => {
  expect(await needs(read(log))).toEqual(['zone']);
  const { format, messages, skipped } = await read(log, { zone: 'Europe/Berlin' });
  expect(format).toBe('irc');
  expect(messages).toMatchObject([
    { author: 'ann', text: 'hi', createdAt: Date.parse('2005-01-08T22:34:00Z') },
    { author: 'bob', text: '* bob waves', createdAt: Date.parse('2005-01-08T23:01:00Z') },
  ]);
  expect(skipped).toEqual(['system-message']);
});

test('IRC: ZNC has the day in the name of the file, and old lines are not all UTF-8', async () => {
  const log = Buffer.concat([
    Buffer.from('[10:00:01] <ann> caf'),
    Buffer.from([0xe9]),
    Buffer.from('\n[10:00:02] <bob> café\n'),
  ]);
  const { messages } = await read(log, { zone: 'UTC' }, '#pov_20050108.log');
  expect(messages).toMatchObject([
    {
      text: 'café',
      createdAt: Date.parse('2005-01-08T10:00:01Z'),
      conversation: { id: '#pov', name: 'pov' },
    },
    { text: 'café' },
  ]);
});

test('jrnl: entries over several lines, stars and tags, and old dates without brackets', async () => {
  const { format, messages } = await read(
    '[2020-08-29 11:11] First. *\n\nwith @work\n\n2020-08-30 09:00 Second.\n',
    { zone: 'UTC' },
  );
  expect(format).toBe('jrnl');
  expect(messages).toMatchObject([
    {
      text: 'First.\n\nwith @work',
      tags: ['work'],
      pinned: true,
      createdAt: Date.parse('2020-08-29T11:11:00Z'),
    },
    { text: 'Second.', pinned: false },
  ]);
});

test('mbox: escaped and other From lines, character sets, mail in HTML, replies and attachments', async () => {
  const mails = [
    'From ann@example.org Sun Nov 29 10:00:00 2026',
    'From: =?utf-8?B?w4RubmU=?= <ann@example.org>',
    'Date: Sun, 29 Nov 2026 10:00:00 +0100',
    'Message-ID: <1@example.org>',
    'Subject: =?iso-8859-1?Q?caf=E9?=',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'na=EFve',
    '>From here on',
    'From now on, no mail begins here',
    '',
    'From bob@example.org Sun Nov 29 11:00:00 2026',
    'From: bob@example.org',
    'Date: Sun, 29 Nov 2026 11:00:00 +0000',
    'Message-ID: <2@example.org>',
    'In-Reply-To: <1@example.org>',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<style>p{}</style><p>Hi &amp; <b>bye</b></p>',
    '--b',
    'Content-Type: application/pdf; name=plan.pdf',
    'Content-Disposition: attachment; filename=plan.pdf',
    'Content-Transfer-Encoding: base64',
    '',
    'AAAA',
    '--b--',
    '',
  ].join('\n');
  const { format, messages } = await read(mails, {}, 'Inbox.mbox');
  expect(format).toBe('mbox');
  expect(messages).toMatchObject([
    {
      author: 'Änne',
      text: 'café\n\nnaïve\nFrom here on\nFrom now on, no mail begins here',
      createdAt: Date.parse('2026-11-29T09:00:00Z'),
      sourceId: '<1@example.org>',
    },
    {
      author: 'bob@example.org',
      replyTo: '<1@example.org>',
      files: [{ name: 'plan.pdf', content: { size: 3 } }],
      conversation: { name: 'Inbox' },
    },
  ]);
  expect(messages[1]).toMatchObject({ text: 'Hi & **bye**', type: 'markdown' });
});
