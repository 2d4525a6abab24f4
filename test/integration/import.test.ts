import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linesOfJson, problemOf } from '../support/api.ts';
import { importFile, sendExport, skippedIn } from '../support/exports/import.ts';
import { zipOf } from '../support/exports/zip.ts';
import { git } from '../support/git.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';

const TOKEN = `xoxe-${'6773346599125-10627512423494-10622973772373'}-3297a1441684b168ed941456c939c391`;

const slack = () =>
  zipOf({
    'users.json': [
      { id: 'U1', name: 'ann', profile: { display_name: 'Ann Lee', real_name: 'Ann' } },
      { id: 'U2', name: 'bob', profile: { display_name: '', real_name: 'Bob' } },
    ],
    'channels.json': [{ id: 'C1', name: 'general', members: ['U1', 'U2'] }],
    'dms.json': [{ id: 'D1', members: ['U1', 'U2'] }],
    'general/2026-01-02.json': [
      {
        type: 'message',
        user: 'U2',
        ts: '1767312001.000200',
        thread_ts: '1767312000.000100',
        text: 'me first <@U1>',
      },
      {
        type: 'message',
        user: 'U1',
        ts: '1767312000.000100',
        text: 'a &lt;b&gt; *bold* <https://example.org|site>',
      },
      { type: 'message', subtype: 'channel_join', user: 'U2', ts: '1767312002.000100', text: 'joined' },
      {
        type: 'message',
        user: 'U1',
        ts: '1767312003.000100',
        text: 'see',
        files: [{ name: 'plan.pdf', url_private: `https://files.slack.com/plan.pdf?token=${TOKEN}` }],
      },
      {
        type: 'message',
        user: 'U1',
        ts: '1767312004.000100',
        text: `https://files.slack.com/x?token=${TOKEN}`,
      },
      {
        type: 'message',
        subtype: 'bot_message',
        username: 'CI',
        ts: '1767312005.000100',
        text: '',
        blocks: [
          {
            type: 'rich_text',
            elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text: 'green' }] }],
          },
        ],
      },
    ],
    'D1/2026-01-02.json': [{ type: 'message', user: 'U1', ts: '1767312006.000100', text: 'psst' }],
  });

test('a Slack export becomes commits with its own authors and dates, once', async () => {
  const folder = await temporaryFolder();
  const { api } = await startSmallApp(folder);
  const file = await slack();
  const planned = await importFile(api, '?format=auto&dryRun=true', file);
  expect(planned).toMatchObject({ format: 'slack', created: 6, updated: 0, present: 0 });
  expect(await api.messages()).toEqual([]);

  const result = await importFile(api, '', file);
  expect(result).toEqual({ ...planned });
  expect(skippedIn(result)).toMatchObject({
    'system-message': 1,
    'file-not-in-export': 1,
    'credential-cut': 1,
  });
  const messages = await api.messages();
  const first = messages.find(({ text }) => text.includes('**bold**'));
  expect(first).toMatchObject({
    author: 'Ann Lee',
    type: 'markdown',
    text: 'a <b> **bold** [site](https://example.org)',
    createdAt: '2026-01-02T00:00:00.000Z',
    tags: ['general'],
  });
  expect(messages.find(({ text }) => text === 'me first @Ann Lee')?.replyTo).toBe(first?.id);
  expect(await api.messages('?tag=general')).toHaveLength(5);
  expect(await api.messages('?q=tag:general%20-tag:other')).toHaveLength(5);
  expect(messages.find(({ author }) => author === 'CI')?.text).toBe('> green');

  const clone = join(folder, 'repos', 'messages');
  const log = await git(clone, 'log', '--reverse', '--format=%an %ad %s', '--date=iso-strict-local');
  expect(log).toContain('Ann Lee 2026-01-02T00:00:00');
  expect(await git(clone, 'log', '-p')).not.toContain('xoxe-6773');
  const head = await git(clone, 'rev-parse', 'HEAD');
  expect(await importFile(api, '', file)).toMatchObject({ created: 0, updated: 0, present: 6 });
  expect(await git(clone, 'rev-parse', 'HEAD')).toBe(head);
});

test('what an export does not say is asked for before anything is written', async () => {
  const folder = await temporaryFolder();
  const { api } = await startSmallApp(folder);
  const chat = '12/9/20, 10:05\u202fPM - Ann: hello\n12/9/20, 10:05\u202fPM - Bob: two\nlines\n';
  const zone = problemOf(await sendExport(api, '', chat), 422);
  expect(zone.errors).toMatchObject([{ field: 'zone' }]);
  const dates = problemOf(await sendExport(api, '?zone=Europe/Berlin', chat), 422);
  expect(dates.errors).toMatchObject([{ field: 'dates' }]);
  problemOf(await sendExport(api, '?zone=Europe/Nowhere', chat), 400);
  problemOf(await sendExport(api, '?zone=UTC', 'just some text\n'), 422);
  expect(await api.messages()).toEqual([]);

  await importFile(api, '?zone=Europe/Berlin&dates=dmy', chat);
  const texts = (await api.messages()).map(({ author, text, createdAt }) => [author, text, createdAt]);
  expect(texts).toEqual([
    ['Bob', 'two\nlines', '2020-09-12T20:05:00.001Z'],
    ['Ann', 'hello', '2020-09-12T20:05:00.000Z'],
  ]);
});

test('a newer export adds what is new, and a changed text is a revision', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const discord = (messages: readonly object[]) =>
    JSON.stringify({ guild: { id: '1', name: 'G' }, channel: { id: '100', name: 'general' }, messages });
  const one = {
    id: '1',
    type: 'Default',
    timestamp: '2026-01-01T11:00:00+01:00',
    content: 'hello',
    author: { name: 'ann', nickname: 'Ann' },
  };
  const two = {
    ...one,
    id: '2',
    type: 'Reply',
    timestamp: '2026-01-01T12:00:00+01:00',
    content: 'yes',
    reference: { messageId: '1' },
  };
  await importFile(api, '', discord([one, one]));
  const [first] = await api.messages();
  await api.edit((await api.messages())[0]?.id ?? '', { text: 'edited here' });
  expect(await importFile(api, '', discord([one]))).toMatchObject({ created: 0, updated: 0, present: 1 });
  const changed = { ...one, content: 'hello all', timestampEdited: '2026-01-01T13:00:00+01:00' };
  expect(await importFile(api, '', discord([changed, two]))).toMatchObject({
    created: 1,
    updated: 1,
    present: 0,
  });
  expect(await api.message(first?.id ?? '')).toMatchObject({
    text: 'hello all',
    revision: 3,
    createdAt: '2026-01-01T10:00:00.000Z',
  });
  expect((await api.messages())[0]).toMatchObject({ text: 'yes', replyTo: first?.id });
  await api.delete(first?.id ?? '');
  expect(await importFile(api, '', discord([changed, two]))).toMatchObject({
    created: 0,
    updated: 0,
    present: 2,
  });
});

test('progress is sent while a large file is read, and what breaks it at its end is still said', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const messages = Array.from({ length: 2500 }, (_, id) => ({
    ...{ id, type: 'message', date_unixtime: String(id), from: 'Ann', text: `${id}` },
  }));
  const chat = JSON.stringify({ name: 'a', type: 'personal_chat', id: 1, messages });
  const answer = await sendExport(api, '', chat.slice(0, -3));
  expect(answer.status).toBe(200);
  expect(linesOfJson(answer.text)).toMatchObject([
    { progress: { stage: 'reading', done: 1000, total: null } },
    { progress: { stage: 'reading', done: 2000, total: null } },
    { problem: { status: 422, detail: expect.stringContaining('cut off') } },
  ]);
  expect(await api.messages()).toEqual([]);
  const stages = linesOfJson<{ progress?: { stage: string } }>((await sendExport(api, '', chat)).text);
  expect(stages.map(({ progress }) => progress?.stage)).toEqual([
    ...['reading', 'reading', 'reading', 'writing', 'writing', undefined],
  ]);
});

test('broken and hostile files are refused, and nothing is written', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const zip = await slack();
  const cut = problemOf(await sendExport(api, '', zip.subarray(0, zip.length - 30)), 422);
  expect(cut.detail).toContain('zip');
  const bomb = await zipOf({ 'users.json': '[]', 'general/2026-01-01.json': `[${' '.repeat(80 << 20)}]` });
  expect(problemOf(await sendExport(api, '', bomb), 422).detail).toContain('unpack');
  const outside = Buffer.from(await zipOf({ 'aa/users.json': '[]' }));
  const escaping = Buffer.from(outside.toString('latin1').replaceAll('aa/users', '../users'), 'latin1');
  expect(problemOf(await sendExport(api, '', escaping), 422).detail).toContain('path');
  problemOf(await sendExport(api, '?format=telegram&zone=UTC', '{"name":"a","messages":[{"id":1,'), 422);
  problemOf(await sendExport(api, '?format=telegram&zone=UTC', `{"messages":[${'['.repeat(200)}`), 422);
  problemOf(await sendExport(api, '?repository=none', zip), 404);
  problemOf(await sendExport(api, '', ''), 400);
  expect(await api.messages()).toEqual([]);
});

test('journal lines are imported byte for byte, with all their revisions', async () => {
  const [from, to] = [await temporaryFolder(), await temporaryFolder()];
  const { api } = await startSmallApp(from);
  const { id } = await api.create({ text: 'one' });
  await api.edit(id, { text: 'two' });
  const lines = (await git(join(from, 'repos', 'messages'), 'grep', '-h', 'revision', 'HEAD')).replace(
    /\n?$/,
    '\n',
  );
  const other = (await startSmallApp(to)).api;
  expect(await importFile(other, '', lines)).toMatchObject({ format: 'gitpost', created: 1, updated: 1 });
  const copied = await git(join(to, 'repos', 'messages'), 'grep', '-h', 'revision', 'HEAD');
  expect(`${copied.trim()}\n`).toBe(`${lines.trim()}\n`);
  expect(await importFile(other, '', lines)).toMatchObject({ created: 0, present: 2 });
});
