import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Api, apiAt, linesOfJson, type Message, type RepositoryStatus } from '../support/api.ts';
import { type CommandOptions, command, commandEnvironment, commandLine as line } from '../support/command.ts';
import { freePort } from '../support/free-port.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';

const TOKEN = 'a-token-of-this-test';

/** One gitpost for all of these tests. It has an access token, which the command does not know. */
let gitpost: GitpostProcess;
let api: Api;

beforeAll(async () => {
  gitpost = await startProcess({
    env: { ACCESS_TOKEN: TOKEN, AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org' },
  });
  api = apiAt(gitpost.url, { Authorization: `Bearer ${TOKEN}` });
});
afterAll(() => gitpost.stop());

const run = (args: readonly string[], options: CommandOptions = {}) => command(gitpost.folder, args, options);

/** Runs a command that must go well, and answers what it prints. */
async function output(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const added = async (args: readonly string[], options: CommandOptions = {}): Promise<Message> => {
  const id = (await output(['add', ...args], options)).trim();
  return api.message(id);
};

describe('add', () => {
  test('captures its words and prints the id', async () => {
    expect(await added(['Hello', 'from the #shell'])).toMatchObject({
      text: 'Hello from the #shell',
      author: 'Ann',
      tags: ['shell'],
    });
  });

  test('takes every field', async () => {
    const first = await added(['The first']);
    const args = ['-t', 'task', '-a', 'Bob', '--tag', 'Home', '--tag', '#garden', '--done', '--pin'];
    const more = [
      '--reply-to',
      first.id.slice(-6),
      '--at',
      '2026-01-02T03:04:05Z',
      '-r',
      'messages',
      'Water',
    ];
    expect(await added([...args, ...more])).toMatchObject({
      text: 'Water',
      type: 'task',
      done: true,
      author: 'Bob',
      tags: ['home', 'garden'],
      pinned: true,
      replyTo: first.id,
      createdAt: '2026-01-02T03:04:05.000Z',
    });
    expect(await added(['--url', 'https://example.org/'])).toMatchObject({ type: 'link', text: '' });
  });

  test('reads what is piped in, with or without a dash, and drops the last line end', async () => {
    const diff = '--- a\n+++ b\n@@ -1 +1 @@\n';
    expect(await added(['-l', 'diff', '-'], { input: diff })).toMatchObject({
      type: 'code',
      language: 'diff',
      text: diff.slice(0, -1),
    });
    expect(await added([], { input: 'from a pipe\r\n' })).toMatchObject({ text: 'from a pipe' });
    expect(await added(['--', '--not-an-option'])).toMatchObject({ text: '--not-an-option' });
  });

  test('brings files along', async () => {
    const file = join(gitpost.folder, 'note with a long name.txt');
    await writeFile(file, 'What is in it\n');
    const message = await added(['-f', file, '-f', file, 'With files']);
    const sha256 = createHash('sha256').update('What is in it\n').digest('hex');
    expect(message).toMatchObject({ text: 'With files', attachments: [{ sha256, size: 14 }] });
    expect((await api.get(`/attachments/${sha256}`)).text).toBe('What is in it\n');
    const alone = await added(['-f', file], { input: 'not read' });
    expect(alone).toMatchObject({ text: '' });
    expect(await output(['show', alone.id])).toMatch(/file: note with a long name\.txt \(14 bytes\)/);
    const refused = await run(['add', '-f', join(gitpost.folder, 'nowhere'), 'x']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/no such file/) });
    await writeFile(file, '');
    expect(await run(['add', '-f', file])).toMatchObject({ code: 2, stdout: '' });
  });

  test('makes no second message with the same id', async () => {
    const id = '0192f0c1-1111-7000-8000-00000000abcd';
    for (const _ of [1, 2]) expect(await output(['add', '--id', id, 'Once'])).toBe(`${id}\n`);
    expect(await api.history(id)).toHaveLength(1);
  });

  test('saves no credential without --confirm', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const refused = await run(['add', secret]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/--confirm/);
    expect(await added(['--confirm', secret])).toMatchObject({ text: secret });
  });
});

describe('list and search', () => {
  test('print the newest first in a pipe, and as JSON and NDJSON', async () => {
    const tag = ['--tag', 'ordered'];
    for (const text of ['one', 'two', 'three']) await added([...tag, text]);
    const texts = (messages: Message[]) => messages.map(({ text }) => text);
    const newest = ['three', 'two', 'one'];
    expect(texts(linesOfJson(await output(['list', ...tag, '--ndjson'])))).toEqual(newest);
    expect(texts(JSON.parse(await output(['list', ...tag, '--json'])))).toEqual(newest);
    expect(texts(JSON.parse(await output(['search', 'tag:ordered', '-n', '2', '--json'])))).toEqual(
      newest.slice(0, 2),
    );
    expect((await output(['search', 'tag:ordered'])).match(/^ {4}.*$/gm)).toEqual(
      newest.map((one) => `    ${one}`),
    );
    expect(await output(['search', 'nothing-has-this-word', '--json'])).toBe('[]\n');
    expect(await output(['search', 'nothing-has-this-word'])).toBe('');
  });

  test('page through more than one request gives at once', async () => {
    const lines = Array.from({ length: 1005 }, (_, number) => ({ text: `Number ${number}`, tags: ['many'] }));
    await api.bulk(lines);
    expect((await output(['list', '--tag', 'many', '-n', '1003', '--ndjson'])).match(/\n/g)).toHaveLength(
      1003,
    );
    expect((await output(['list', '--tag', 'many', '--ndjson'])).match(/\n/g)).toHaveLength(1005);
  });

  test('send no control characters and no colour into a pipe', async () => {
    const message = await api.create({
      text: 'red \u001b[31m \u009b31m bell \u0007\nnext line',
      tags: ['wild'],
    });
    for (const args of [
      ['list', '--tag', 'wild'],
      ['show', message.id],
      ['list', '--tag', 'wild', '--json'],
    ]) {
      const text = await output(args);
      expect(text).toMatch(/red/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    }
    const [same] = JSON.parse(await output(['list', '--tag', 'wild', '--json'])) as [Message];
    expect(same.text).toBe(message.text);
  });

  test('end quietly when nobody reads on', async () => {
    const { startCommand } = await import('../support/command.ts');
    const child = startCommand(gitpost.folder, ['list', '--ndjson']);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('ids', () => {
  test('may be shortened to their last six characters', async () => {
    const { id } = await added(['Short']);
    expect(JSON.parse(await output(['show', id.slice(-6), '--json']))).toMatchObject({ id });
    expect(JSON.parse(await output(['show', id.slice(-14).toUpperCase(), '--json']))).toMatchObject({ id });
    expect(await run(['show', id.slice(-5)])).toMatchObject({ code: 2, stdout: '' });
  });

  test('that are ambiguous are listed', async () => {
    const ids = ['0192f0c1-2222-7000-8000-000000fedcba', '0192f0c1-3333-7000-8000-000000fedcba'];
    for (const id of ids) await api.create({ id, text: id });
    const { code, stderr } = await run(['show', 'fedcba']);
    expect(code).toBe(1);
    for (const id of ids) expect(stderr).toContain(id);
    await api.delete(ids[0] as string);
    expect(await output(['show', 'fedcba'])).toContain(ids[1]);
    await api.delete(ids[1] as string);
    expect((await run(['show', 'fedcba'])).stderr).toContain(ids[0]);
  });

  test('show a message as it was', async () => {
    const { id } = await added(['As it was']);
    const before = new Date().toISOString();
    await api.edit(id, { text: 'As it is' });
    expect(await output(['show', id])).toMatch(/As it is/);
    expect(await output(['show', '--as-of', before, id])).toMatch(/As it was/);
    expect(await output(['search', '--as-of', before, '"As it was"'])).toMatch(/As it was/);
    expect(await run(['list', '--as-of', 'never'])).toMatchObject({ code: 2, stdout: '' });
    expect((await run(['show', '--as-of', '2020-01-01', id])).stderr).toMatch(/at that time/);
  });

  test('of a deleted message lead to its history', async () => {
    const { id } = await added(['Gone soon']);
    await api.delete(id);
    const history = await output(['show', '--history', id.slice(-8)]);
    expect(history).toMatch(/revision 1[\s\S]*Gone soon[\s\S]*revision 2[\s\S]*deleted/);
    expect(await run(['show', id])).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('push, pull and status', () => {
  test('print one line per repository, and end with 0 if all is well', async () => {
    await added(['To be pushed']);
    expect(await output(['push'])).toMatch(/^messages {2}pushed {2}\d+ pushed, 0 pulled\n$/);
    expect(await output(['push', 'messages'])).toMatch(/up-to-date/);
    expect(await output(['pull'])).toMatch(/^messages /);
    expect(JSON.parse(await output(['status', '--json']))).toEqual([await api.repository()]);
    expect(linesOfJson<RepositoryStatus>(await output(['status', '--ndjson']))).toHaveLength(1);
    expect(await output(['status'])).toMatch(
      /^messages {2}ready {2}main\n {4}\d+ messages, 0 to push, 0 to pull\n/,
    );
  });

  test('name what there is if a repository is unknown', async () => {
    for (const args of [
      ['push', 'nowhere'],
      ['pull', 'nowhere'],
      ['status', 'nowhere'],
      ['list', '-r', 'nowhere'],
      ['export', '-r', 'nowhere'],
      ['add', '-r', 'nowhere', 'x'],
      ['import', '-r', 'nowhere', '/etc/hostname'],
    ]) {
      const { code, stdout, stderr } = await run(args);
      expect([args, code, stdout]).toEqual([args, 1, '']);
      expect(stderr).toMatch(/There is no repository "nowhere"\. There are: messages\./);
    }
  });
});

describe('wrong usage', () => {
  test.each([
    [['add', '--nonsense', 'x'], /add has no option --nonsense/],
    [['add', '-t'], /--type needs a value/],
    [['add', '-t', 'poem', 'x'], /--type must be one of text, markdown, code, link, task/],
    [['add', '--at', 'yesterday', 'x'], /--at must be/],
    [['add', '--id', 'x', 'y'], /--id must be a UUID/],
    [['add', '-l', 'x'.repeat(50), 'y'], /language/],
    [['add'], /nothing to add/],
    [['list', 'x'], /too many/],
    [['list', '-n', '0'], /-n must be/],
    [['list', '--since', 'someday'], /since/],
    [['search'], /missing/],
    [['show'], /missing/],
    [['show', 'nonsense'], /is not an id/],
    [['status', '--json=yes'], /--json takes no value/],
    [['lst'], /There is no verb "lst"/],
    [['--nonsense'], /There is no option --nonsense/],
  ])('%j is answered in words, with exit code 2', async (args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^gitpost: /);
    expect(stderr).not.toMatch(/\bat \S+ \(|node:|\.js:\d/);
  });

  test.each([
    [['list', '--since', 'bad'], 2, /^gitpost: --since must be an ISO/],
    [['list', '--as-of', 'bad'], 2, /^gitpost: --as-of must be an ISO/],
    [['add', '--at', '1960-01-01', 'x'], 2, /Nothing was saved or changed: --at must be/],
    [['add', '--tag', 'a b', 'x'], 2, /a tag must be/],
    [['add', '--done', '-t', 'text', 'hi'], 2, /--done is only for a task.*type text/],
    [['add', '--done', '-l', 'diff', 'hi'], 2, /--done is only for a task.*type code/],
    [['add', '-t', 'link', 'x'], 2, /--url must be given for a link/],
    [['export', '--all-revisions', '--format', 'html'], 2, /Leave out --all-revisions, or give --format/],
    [['import', '/dev/null'], 2, /The file is empty\. Nothing was imported/],
    [['import', '/etc/hostname'], 1, /Give --format: one of/],
    [['list', '--tag', 'a b'], 2, /--tag must be/],
    [['search', ''], 2, /Give words to search for/],
    [['search', 'x', 'type:'], 2, /type: needs a value/],
    [['status', '--json', '--ndjson'], 2, /--json and --ndjson cannot both be given/],
    [['list', '--json', '--ndjson'], 2, /--json and --ndjson cannot both be given/],
  ])('%j is answered in the words of the command', async (args, exit, words) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/asOf|createdAt|format=|"\w+":|the body|has no body/);
  });

  test('a read that is refused does not say that nothing was saved', async () => {
    for (const args of [
      ['list', '--since', 'bad'],
      ['search', 'is:nothing'],
      ['export', '--until', 'bad'],
    ])
      expect((await run(args)).stderr).not.toMatch(/saved/);
  });

  test('a file that cannot be written is named, with why and what to do', async () => {
    for (const [file, why] of [
      [join(gitpost.folder, 'nowhere', 'x'), /there is no such file or folder/],
      [gitpost.folder, /it is a folder/],
    ] as const) {
      const { code, stdout, stderr } = await run(['export', '-o', file]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(why);
      expect(stderr).toMatch(/Give another file with -o/);
      expect(stderr).toContain(file);
      expect(stderr).not.toMatch(/E[A-Z]{4,}|\.part/);
    }
  });

  test('text that is too long is refused before all of it is read', async () => {
    const { code, stderr } = await run(['add'], { input: 'x'.repeat(1_000_000) });
    expect(code).toBe(2);
    expect(stderr).toMatch(/65536 characters at most/);
  });

  test.runIf(existsSync('/dev/full'))('output that cannot be written is no surprise', async () => {
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', '"$@" > /dev/full 2>&1 || echo $?', 'sh', ...line('list')],
      {
        env: commandEnvironment(gitpost.folder) as NodeJS.ProcessEnv,
      },
    );
    expect(stdout).toBe('1\n');
  });

  test('a folder as standard input is named as one', async () => {
    const shell = ['-c', '"$@" < /', 'sh', ...line('add', '-')];
    const env = commandEnvironment(gitpost.folder) as NodeJS.ProcessEnv;
    const end = await promisify(execFile)('sh', shell, { env }).catch((error) => error);
    expect([end.code, end.stderr]).toEqual([2, expect.stringMatching(/Standard input is a folder/)]);
  });

  test('text that is no UTF-8 is not saved', async () => {
    const { code, stderr } = await run(['add'], { input: new Uint8Array([0x61, 0xff]) });
    expect(code).toBe(2);
    expect(stderr).toMatch(/not UTF-8/);
  });
});

test('help and version are there for everything', async () => {
  expect(await output(['--version'])).toMatch(/^\d+\.\d+\.\d+/);
  expect(await output(['push', '--version'])).toMatch(/^\d+\.\d+\.\d+/);
  const help = await output(['--help']);
  for (const verb of ['serve', 'add', 'list', 'search', 'show', 'push', 'pull', 'status']) {
    expect(help).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'));
    expect(await output([verb, '--help'])).toMatch(/^Examples:$/m);
    expect(await output([verb, '-h'])).toBe(await output(['help', verb]));
  }
});

test('loads no more of Node than it uses', async () => {
  const note = join(gitpost.folder, 'note.cjs');
  const list = join(gitpost.folder, 'loaded.txt');
  await writeFile(
    note,
    `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join('\\n')));`,
  );
  await output(['status'], { env: { NODE_OPTIONS: `--require ${note}` } });
  const loaded = await readFile(list, 'utf8');
  expect(loaded).toMatch(/NativeModule http$/m);
  // Each of these takes a few milliseconds, and only some verbs need them.
  expect(loaded).not.toMatch(/NativeModule (?:crypto|child_process|https|worker_threads|zlib)$/m);
});

describe('another gitpost', () => {
  const serverWith = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const at = (url: string, token?: string): CommandOptions => ({
    env: { GITPOST_URL: url, ACCESS_TOKEN: token },
  });

  test('is addressed by GITPOST_URL and ACCESS_TOKEN', async () => {
    expect(await output(['status'], at(gitpost.url, TOKEN))).toMatch(/^messages/);
  });

  test('that wants a token: exit code 4', async () => {
    for (const token of [undefined, 'some-wrong-token-0000']) {
      const { code, stdout, stderr } = await run(['list'], at(gitpost.url, token));
      expect([code, stdout]).toEqual([4, '']);
      expect(stderr).toMatch(/ACCESS_TOKEN/);
      expect(stderr).not.toContain(String(token));
    }
  });

  test('that is not there: exit code 3', async () => {
    const { code, stderr } = await run(['add', 'x'], at(`http://127.0.0.1:${await freePort()}`));
    expect(code).toBe(3);
    expect(stderr).toMatch(/No gitpost can be reached/);
    expect((await run(['list'], at('http://name.invalid/'))).code).toBe(3);
  });

  test.each<[string, RequestListener]>([
    ['answers 404', (_request, response) => void response.writeHead(404).end('<h1>Not here</h1>')],
    [
      'answers with a page',
      (_request, response) => void response.setHeader('Content-Type', 'text/html').end('<p>'),
    ],
    ['sends elsewhere', (_request, response) => void response.writeHead(302, { Location: '/login' }).end()],
    [
      'answers with a broken problem',
      (_request, response) =>
        void response.writeHead(500, { 'Content-Type': 'application/problem+json' }).end('{"detail":'),
    ],
  ])('that is something else, which %s: exit code 3', async (_what, listener) => {
    const { code, stderr } = await run(['list'], at(await serverWith(listener)));
    expect(code).toBe(3);
    expect(stderr).toMatch(/There is no gitpost at/);
  });

  test('that has another path: exit code 3', async () => {
    const { code, stderr } = await run(['list'], at(`${gitpost.url}/nope`, TOKEN));
    expect(code).toBe(3);
    expect(stderr).toContain(`There is no gitpost at ${gitpost.url}/nope/`);
  });

  test('that does not speak https: exit code 3, without words of OpenSSL', async () => {
    const { code, stderr } = await run(['list'], at(gitpost.url.replace('http:', 'https:')));
    expect(code).toBe(3);
    expect(stderr).toMatch(/does not speak https/);
    expect(stderr).not.toMatch(/SSL|EPROTO/);
  });

  test('that breaks off in the middle: exit code 1, in words', async () => {
    const url = await serverWith((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      response.write('{"id"', () => response.destroy());
    });
    const { code, stderr } = await run(['list', '--ndjson'], at(url));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^gitpost: The connection to gitpost broke/);
    expect(stderr).not.toMatch(/\bat \S+ \(/);
  });

  test('with a token that is none: exit code 2', async () => {
    const { code, stderr } = await run(['list'], at(gitpost.url, 'two words\r\nX-Evil: 1'));
    expect([code, stderr]).toEqual([2, expect.not.stringMatching(/Evil/)]);
    expect((await run(['list'], at(gitpost.url, 'žluťoučký-kůň-úpěl'))).code).toBe(4);
  });

  test('with an address that is none: exit code 2', async () => {
    const named = await run(['list'], at('http://ann:secret-word@example.org'));
    expect(named).toMatchObject({ code: 2, stderr: expect.not.stringMatching(/secret-word/) });
    expect((await run(['list'], at('ftp://example.org'))).code).toBe(2);
  });
});

test.runIf(process.platform !== 'win32')(
  'the note of the address is for its user alone, and holds no token',
  async () => {
    const path = join(gitpost.folder, 'data', 'server.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toContain(TOKEN);
    expect(`${gitpost.stdout()}${gitpost.stderr()}`).not.toContain(
      (JSON.parse(await readFile(path, 'utf8')) as { secret: string }).secret,
    );
  },
);
