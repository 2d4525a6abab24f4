import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiAt, commitOf, problemOf } from '../support/api.ts';
import { fetchFile, hashOf, pngOf, upload } from '../support/files.ts';
import { git, gitBytes } from '../support/git.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';

// In two parts, so that nobody takes this file for a leak.
const secret = `${'ghp'}_${'a1B2'.repeat(9)}`;
const latin = (text: string) => Buffer.from(text, 'latin1');

let gitpost: GitpostProcess;
let api: Api;

beforeAll(async () => {
  gitpost = await startProcess({ env: { ATTACHMENT_LIMIT: '1MiB' } });
  api = apiAt(gitpost.url);
});
afterAll(() => gitpost.stop());

/** A file as it is sent once a message names it. */
async function shown(bytes: Buffer, name: string) {
  const uploaded = await upload(api, bytes, name);
  await api.create({ text: name.slice(0, 50), attachments: [{ sha256: uploaded.sha256 }] });
  const sent = await fetchFile(api, uploaded.sha256);
  expect(sent.status).toBe(200);
  expect(sent.bytes).toEqual(bytes);
  expect(sent.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(sent.headers.get('x-content-type-options')).toBe('nosniff');
  expect(sent.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  return {
    type: uploaded.type,
    sent: sent.headers.get('content-type'),
    disposition: sent.headers.get('content-disposition') ?? '',
  };
}

describe('what could run is a download, whatever it calls itself', () => {
  test.each([
    ['an SVG', latin('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'image/svg+xml'],
    ['HTML', latin('<!doctype html><script>alert(1)</script>'), 'text/html'],
    ['a script alone', latin('<script src="//evil"></script>'), 'text/html'],
    [
      'a PDF with a script',
      latin('%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>'),
      'application/pdf',
    ],
    ['a PDF that begins as something else', latin('\n<html>\n%PDF-1.4'), 'application/pdf'],
    [
      'an SVG in UTF-16',
      Buffer.from('\ufeff<svg onload="alert(2)"/>', 'utf16le'),
      'application/octet-stream',
    ],
    ['a program', latin('\x7fELF\x02\x01\x01\0'), 'application/octet-stream'],
  ])('%s', async (_what, bytes, type) => {
    expect(await shown(bytes, 'picture.png')).toMatchObject({
      type,
      sent: type.startsWith('text/') ? `${type}; charset=utf-8` : type,
      disposition: 'attachment; filename=picture.png',
    });
  });

  test.each([
    ['a GIF that is a script', latin("GIF89a/*\0\0*/='x';alert(1)//"), 'image/gif'],
    [
      'a JPEG with HTML in it',
      latin('\xff\xd8\xff\xe0\0\x10JFIF\0<html><script>alert(1)</script>'),
      'image/jpeg',
    ],
    ['a PNG with HTML after it', Buffer.concat([pngOf(1, 1), latin('<html><script>alert(1)')]), 'image/png'],
    ['text with a script in it', latin('hello <script>alert(1)</script>'), 'text/plain'],
  ])('%s is never anything but what it begins as', async (_what, bytes, type) => {
    const { sent, disposition } = await shown(bytes, 'page.html');
    expect(sent).toBe(type === 'text/plain' ? 'text/plain; charset=utf-8' : type);
    expect(disposition).toBe('inline; filename=page.html');
  });

  test('whatever type a line of somebody else gives it', async () => {
    const { sha256 } = await upload(api, latin('<svg onload="alert(3)"/>'), 'x.svg');
    await api.create({ text: 'x', attachments: [{ sha256 }] });
    const sent = await fetchFile(api, sha256, { Accept: 'text/html' });
    expect(sent.headers.get('content-type')).toBe('image/svg+xml');
    expect(sent.headers.get('content-disposition')).toMatch(/^attachment;/);
  });
});

describe('a name', () => {
  test.each([
    ['with quotes', 'a "b" \'c\'; x=1.txt', 'inline; filename="a \\"b\\" \'c\'; x=1.txt"'],
    [
      'in letters of any language',
      'Grüße 日本.txt',
      /filename\*=UTF-8''Gr%C3%BC%C3%9Fe%20%E6%97%A5%E6%9C%AC\.txt$/,
    ],
    ['with marks that turn the direction', 'harmless\u202Etxt.exe', 'inline; filename=harmlesstxt.exe'],
    ['of 255 characters', `${'n'.repeat(251)}.txt`, /=n{251}\.txt$/],
    ['of one dot', '.', 'inline; filename=.'],
    ['that looks like a path in another way', '..%2f..%2fetc', /filename=/],
  ])('%s is cleaned for the header', async (what, name, header) => {
    const { disposition } = await shown(Buffer.from(`a file with a name ${what}`), name);
    if (typeof header === 'string') expect(disposition).toBe(header);
    else expect(disposition).toMatch(header);
    expect(disposition).not.toMatch(/\p{Cc}/u);
  });

  test('never decides where a file is', async () => {
    const { sha256 } = await upload(api, 'no path', '..');
    const commit = commitOf(await api.create({ text: 'x', attachments: [{ sha256 }] }));
    const changed = await git(
      join(gitpost.folder, 'repos', 'messages'),
      'show',
      '--format=',
      '--name-only',
      commit,
    );
    expect(changed.split('\n').every((path) => /^(messages|attachments)\/[\w./-]+$/.test(path))).toBe(true);
    expect(changed).not.toContain('..');
  });
});

describe('a credential in a file', () => {
  test('that is text is asked about before it is committed', async () => {
    const filler = 'word '.repeat(60_000);
    const { sha256 } = await upload(api, `${filler}${secret} ${filler}`, 'notes.txt');
    const draft = { text: 'notes', attachments: [{ sha256 }] };
    const problem = problemOf(await api.post(draft), 422) as { seen?: string[] };
    expect(problem.seen).toEqual(['a GitHub token']);
    const all = await git(join(gitpost.folder, 'repos', 'messages'), 'ls-tree', '-r', '--name-only', 'main');
    expect(all).not.toContain(sha256);
    const { id } = await api.create({ ...draft, confirm: true });
    expect((await api.patch(id, { text: 'renamed' })).status).toBe(200);
    expect((await api.patch(id, { attachments: [{ sha256, name: 'n.txt' }] })).status).toBe(200);
  });

  test.each([
    ['in Latin-1', Buffer.from(`caf\xe9 ${secret}`, 'latin1')],
    ['in UTF-16', Buffer.from(`\ufeff ${secret}`, 'utf16le')],
    ['in UTF-16, the other way round', Buffer.from(`\ufeff ${secret}`, 'utf16le').swap16()],
    ['that looks like a PDF', Buffer.from(`See %PDF-1.7\n${secret}`)],
    ['that looks like sound', Buffer.from(`ID3 ${secret}`)],
  ])('that is text %s is asked about, too', async (_, bytes) => {
    const { sha256 } = await upload(api, bytes, 'notes.txt');
    problemOf(await api.post({ text: 'x', attachments: [{ sha256 }] }), 422);
  });

  test('or in its name is asked about, too', async () => {
    const { sha256 } = await upload(api, 'innocent', `${secret}.txt`);
    problemOf(await api.post({ text: 'x', attachments: [{ sha256 }] }), 422);
  });
});

test('a file that is too large is refused before it is received, and the connection is of use afterwards', async () => {
  const { hostname, port } = new URL(gitpost.url);
  const socket = createConnection(Number(port), hostname);
  let said = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    said += text;
  });
  const head = `POST /attachments HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/octet-stream\r\n`;
  const statuses = () => said.match(/HTTP\/1\.1 \d+/g) ?? [];
  const body = Buffer.alloc(2 ** 20 + 1, 'x');
  // Each is answered while the rest is still to come.
  socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`);
  socket.write(body);
  await expect.poll(statuses).toEqual(['HTTP/1.1 413']);
  socket.write('\r\n0\r\n\r\n');
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n`);
  await expect.poll(statuses).toEqual(['HTTP/1.1 413', 'HTTP/1.1 413']);
  socket.write(body);
  socket.write(`GET /health HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`);
  await once(socket, 'end');
  expect(statuses()).toEqual(['HTTP/1.1 413', 'HTTP/1.1 413', 'HTTP/1.1 200']);
  expect((await upload(api, Buffer.alloc(2 ** 20, 'y'))).size).toBe(2 ** 20);
});

test('who has no access gets no file and leaves none', async () => {
  const locked = await startProcess({ env: { ACCESS_TOKEN: 'a-token-of-sixteen' } });
  const stranger = apiAt(locked.url);
  const headers = { 'Content-Type': 'application/octet-stream' };
  problemOf(await stranger.send('POST', '/attachments', { raw: 'x', headers }), 401);
  problemOf(await stranger.get(`/attachments/${hashOf(Buffer.from('x'))}`), 401);
  const json = { 'Content-Type': 'application/json' };
  problemOf(await api.send('POST', '/attachments', { raw: '{}', headers: json }), 415);
  const foreign = { ...headers, 'Sec-Fetch-Site': 'cross-site' };
  problemOf(await api.send('POST', '/attachments', { raw: 'x', headers: foreign }), 403);
  await locked.stop();
});

test('killed at any moment, a message that was answered has its file', { timeout: 180_000 }, async () => {
  const folder = await temporaryFolder();
  const answered = new Map<string, { bytes: Buffer; sha256: string }>();
  for (const moment of [40, 130, 300]) {
    const running = await startProcess({ folder });
    const client = apiAt(running.url);
    await client.messages();
    const kill = setTimeout(() => running.kill('SIGKILL'), moment);
    const write = async (number: number) => {
      for (let index = 0; index < 50; index += 1) {
        const bytes = Buffer.concat([
          Buffer.from(`${moment} ${number} ${index} `),
          Buffer.alloc(50_000, index),
        ]);
        const { sha256 } = await upload(client, bytes);
        const { id } = await client.create({ text: `${index}`, attachments: [{ sha256 }] });
        answered.set(id, { bytes, sha256 });
      }
    };
    await Promise.all([0, 1, 2].map((number) => write(number).catch(() => undefined)));
    clearTimeout(kill);
    running.kill('SIGKILL');
    await running.exited;
  }
  const last = await startProcess({ folder });
  const client = apiAt(last.url);
  const clone = join(folder, 'repos', 'messages');
  for (const [id, { bytes, sha256 }] of answered) {
    const commit = commitOf(await client.message(id));
    const path = `attachments/${sha256.slice(0, 2)}/${sha256}.txt`;
    const [stored] = [bytes.includes(0) ? path.replace(/txt$/, 'bin') : path];
    expect(await gitBytes(clone, 'cat-file', 'blob', `${commit}:${stored}`)).toEqual(bytes);
  }
  const named = new Set((await client.messages()).map(({ id }) => id));
  expect([...answered.keys()].every((id) => named.has(id))).toBe(true);
  const verified = await client.get('/verify');
  expect(verified.text).not.toContain('attachment-missing');
  expect((await client.create({ text: 'goes on' })).text).toBe('goes on');
  await last.stop();
});
