import { pngOf } from '../files.ts';
import { zipOf } from './zip.ts';

/** A small export of each format, and what `git log` has to say of it. */
export interface Fixture {
  readonly format: string;
  /** What the file is called. */
  readonly name: string;
  readonly bytes: () => Promise<Buffer>;
  readonly zone?: string;
  /** Author, author date and subject of each commit, in the order in which they are made. */
  readonly log: readonly string[];
  /** How many files go with the messages. */
  readonly files?: number;
}

const json = async (value: unknown): Promise<Buffer> => Buffer.from(JSON.stringify(value));
const lines = async (...all: readonly unknown[]): Promise<Buffer> =>
  Buffer.from(`${all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')}\n`);
const photo = pngOf(8, 8);

export const FIXTURES: readonly Fixture[] = [
  {
    format: 'slack',
    name: 'slack.zip',
    bytes: () =>
      zipOf({
        'users.json': [{ id: 'U1', profile: { display_name: 'Ann' } }],
        'channels.json': [{ id: 'C9', name: 'slack-room' }],
        'slack-room/2026-01-02.json': [
          { user: 'U1', ts: '1767312000.000100', text: 'Slack *one*' },
          { user: 'U1', ts: '1767312000.000200', text: 'Slack two', edited: { ts: '1767312009.000000' } },
        ],
      }),
    log: ['Ann|2026-01-02T00:00:00+00:00|Slack **one**', 'Ann|2026-01-02T00:00:00+00:00|Slack two'],
  },
  {
    format: 'discord',
    name: 'discord.zip',
    bytes: () =>
      zipOf({
        'c.json': {
          guild: { id: '1' },
          channel: { id: '2', name: 'discord-room' },
          messages: [
            {
              ...{ id: '1', type: 'Default', timestamp: '2026-01-02T01:00:00+01:00', content: 'Discord one' },
              author: { name: 'bob', nickname: 'Bob' },
              attachments: [{ fileName: 'a.png', url: 'c.json_Files/a.png' }],
            },
            {
              ...{ id: '2', type: 'Reply', timestamp: '2026-01-02T00:00:01.5+00:00', content: 'Discord two' },
              ...{ author: { name: 'bob' }, reference: { messageId: '1' } },
            },
          ],
        },
        'c.json_Files/a.png': photo,
      }),
    log: ['Bob|2026-01-02T00:00:00+00:00|Discord one', 'bob|2026-01-02T00:00:01+00:00|Discord two'],
    files: 1,
  },
  {
    format: 'telegram',
    name: 'result.json',
    bytes: () =>
      json({
        ...{ name: 'Telegram chat', type: 'personal_chat', id: 7 },
        messages: [
          {
            id: 1,
            type: 'message',
            date: '2026-01-02T01:00:00',
            from: 'Bob',
            text: ['Telegram ', { type: 'bold', text: 'one' }],
          },
          { id: 2, type: 'message', date_unixtime: '1767312000', from: 'Ann', text: 'Telegram two' },
        ],
      }),
    zone: 'Europe/Berlin',
    log: ['Bob|2026-01-02T00:00:00+00:00|Telegram **one**', 'Ann|2026-01-02T00:00:00+00:00|Telegram two'],
  },
  {
    format: 'whatsapp',
    name: 'WhatsApp Chat with Bob.zip',
    bytes: () =>
      zipOf({
        'WhatsApp Chat with Bob.txt':
          '14.01.26, 10:00 - Bob: WhatsApp one\n14.01.26, 10:00 - Ann: b.png (file attached)\nWhatsApp two\n',
        'b.png': photo,
      }),
    zone: 'Europe/Berlin',
    log: ['Bob|2026-01-14T09:00:00+00:00|WhatsApp one', 'Ann|2026-01-14T09:00:00+00:00|WhatsApp two'],
    files: 1,
  },
  {
    format: 'mattermost',
    name: 'export.jsonl',
    bytes: () =>
      lines(
        { type: 'version', version: 1 },
        {
          type: 'post',
          post: {
            ...{
              team: 't',
              channel: 'mattermost-room',
              user: 'ann',
              message: 'Mattermost one',
              create_at: 1767312000000,
            },
            replies: [{ user: 'bob', message: 'Mattermost two', create_at: 1767312001000 }],
          },
        },
      ),
    log: ['ann|2026-01-02T00:00:00+00:00|Mattermost one', 'bob|2026-01-02T00:00:01+00:00|Mattermost two'],
  },
  {
    format: 'element',
    name: 'element.json',
    bytes: () =>
      json({
        room_name: 'Element room',
        messages: [
          { ...event('$1', 1767312000000), content: { msgtype: 'm.text', body: 'Element one' } },
          {
            ...event('$2', 1767312005000),
            content: {
              'm.new_content': { body: 'Element changed' },
              'm.relates_to': { rel_type: 'm.replace', event_id: '$1' },
            },
          },
        ],
      }),
    log: ['ann|2026-01-02T00:00:00+00:00|Element one', 'ann|2026-01-02T00:00:05+00:00|Edit: Element changed'],
  },
  {
    format: 'keep',
    name: 'takeout.zip',
    bytes: () =>
      zipOf({
        'Takeout/Keep/a.json': {
          ...{
            isTrashed: false,
            isPinned: true,
            textContent: 'Keep one',
            createdTimestampUsec: '1767312000000000',
          },
          attachments: [{ filePath: 'p.jpeg' }],
        },
        'Takeout/Keep/p.jpg': photo,
      }),
    log: ['Ann|2026-01-02T00:00:00+00:00|Keep one'],
    files: 1,
  },
  {
    format: 'simplenote',
    name: 'notes.json',
    bytes: () =>
      json({
        activeNotes: [
          { id: 'n1', content: 'Simplenote one\r\nmore', creationDate: '2026-01-02T00:00:00.000Z' },
        ],
        trashedNotes: [],
      }),
    log: ['Ann|2026-01-02T00:00:00+00:00|Simplenote one'],
  },
  {
    format: 'memos',
    name: 'memos.json',
    bytes: () =>
      json({ memos: [{ name: 'memos/1', createTime: '2026-01-02T00:00:00Z', content: 'memos one' }] }),
    log: ['Ann|2026-01-02T00:00:00+00:00|memos one'],
  },
  {
    format: 'irc',
    name: '#irc_20260102.log',
    bytes: () => lines('[01:00:00] <ann> IRC one', '[01:00:00] * bob waves'),
    zone: 'Europe/Berlin',
    log: ['ann|2026-01-02T00:00:00+00:00|IRC one', 'bob|2026-01-02T00:00:00+00:00|* bob waves'],
  },
  {
    format: 'jrnl',
    name: 'journal.txt',
    bytes: () => lines('[2026-01-02 01:00] jrnl one', '', 'more', '[2026-01-02 01:01] jrnl two'),
    zone: 'Europe/Berlin',
    log: ['Ann|2026-01-02T00:00:00+00:00|jrnl one', 'Ann|2026-01-02T00:01:00+00:00|jrnl two'],
  },
  {
    format: 'mbox',
    name: 'Inbox.mbox',
    bytes: () =>
      lines(
        'From bob@example.org Fri Jan  2 00:00:00 2026',
        'From: Bob <bob@example.org>',
        'Date: Fri, 02 Jan 2026 01:00:00 +0100',
        'Message-ID: <1@example.org>',
        'Subject: Mail one',
        '',
        'text',
      ),
    log: ['Bob|2026-01-02T00:00:00+00:00|Mail one'],
  },
  {
    format: 'markdown',
    name: 'vault.zip',
    bytes: () =>
      zipOf({ 'vault/2026-01-02.md': '- 01:00 Note one\n- 01:05 Note ![[p.png]]\n', 'vault/p.png': photo }),
    zone: 'Europe/Berlin',
    log: [
      'Ann|2026-01-02T00:00:00+00:00|Note one',
      'Ann|2026-01-02T00:05:00+00:00|Note ![](attachment:p.png)',
    ],
    files: 1,
  },
  {
    format: 'gitpost',
    name: 'lines.ndjson',
    bytes: () =>
      lines({
        ...{ v: 1, id: '0192f0c1-0000-7000-8000-00000000000a', revision: 1, author: 'Bob', type: 'text' },
        ...{ text: 'gitpost one', createdAt: '2026-01-02T00:00:00.000Z' },
      }),
    log: ['Bob|2026-01-02T00:00:00+00:00|gitpost one'],
  },
];

function event(id: string, at: number) {
  return {
    type: 'm.room.message',
    event_id: id,
    sender: '@ann:example.org',
    room_id: '!r',
    origin_server_ts: at,
  };
}
