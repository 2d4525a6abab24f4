import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, commitOf, expected, type Message, problemOf } from '../support/api.ts';
import { statusOf } from '../support/clone-state.ts';
import { fetchFile, hashOf, pngOf, sendFile, type Uploaded, upload } from '../support/files.ts';
import { git, gitBytes } from '../support/git.ts';
import { scratchFolder } from '../support/scratch.ts';
import { startSmallApp } from '../support/small-app.ts';
import { eventually } from '../support/wait.ts';

type WithFiles = Message & { attachments?: Uploaded[] };

let api: Api;
let folder: string;
let troubles: unknown[];
let end: () => Promise<void>;

beforeAll(async () => {
  const scratch = await scratchFolder();
  folder = scratch.path;
  const app = await startSmallApp(folder, { REPOSITORIES: 'second' });
  ({ api, troubles } = app);
  end = async () => {
    await app.close();
    await scratch.remove();
  };
});
afterAll(async () => {
  await end();
  expect(troubles).toEqual([]);
});

const clone = (name = 'messages') => join(folder, 'repos', name);
const create = async (draft: object) => (await api.create(draft)) as WithFiles;
const filesIn = async (commit: string, name = 'messages') =>
  (await git(clone(name), 'ls-tree', '-r', '--name-only', commit, '--', 'attachments/')).split('\n');
const changedBy = async (commit: string, name = 'messages') =>
  (await git(clone(name), 'show', '--format=', '--name-status', commit)).split('\n').sort();

describe('a file of a message', () => {
  test('that a person removed stays away, until somebody uploads it again and names it', async () => {
    const bytes = randomBytes(300);
    const { sha256 } = await upload(api, bytes, 'secret.bin');
    const [edited, deleted] = [
      await create({ text: 'One', attachments: [{ sha256 }], repositories: 'all' }),
      await create({ text: 'Other', attachments: [{ sha256 }] }),
    ];
    const hasFile = async (name?: string) =>
      (await filesIn('HEAD', name)).some((path) => path.includes(sha256));
    for (const name of ['messages', 'second']) {
      await eventually(async () => expect(await statusOf(clone(name))).toEqual([]));
      await git(clone(name), 'rm', '--quiet', `attachments/${sha256.slice(0, 2)}/${sha256}.bin`);
      await git(clone(name), 'commit', '--quiet', '-m', 'Remove a file');
    }
    expect(await api.edit(edited.id, { text: 'One again' })).toMatchObject({ text: 'One again' });
    await api.delete(deleted.id);
    await api.edit(deleted.id, { text: 'Back' });
    for (const name of ['messages', 'second']) expect(await hasFile(name)).toBe(false);

    expect((await sendFile(api, bytes, 'secret.bin')).status).toBe(200);
    await api.edit(edited.id, { text: 'With it', attachments: [{ sha256 }] });
    for (const name of ['messages', 'second']) expect(await hasFile(name)).toBe(true);
  });

  test('is committed with the line that names it', async () => {
    const bytes = pngOf(30, 20);
    const sha256 = hashOf(bytes);
    const uploaded = await upload(api, bytes, 'photo of a cat.png');
    expect(uploaded).toEqual({
      sha256,
      name: 'photo of a cat.png',
      type: 'image/png',
      size: bytes.length,
      width: 30,
      height: 20,
    });

    const message = await create({ text: 'Look', tags: ['cat'], attachments: [{ sha256 }] });
    expect(message.attachments).toEqual([uploaded]);
    const commit = commitOf(message);
    const path = `attachments/${sha256.slice(0, 2)}/${sha256}.png`;
    expect(await changedBy(commit)).toEqual([`A\t${path}`, expect.stringMatching(/^[AM]\tmessages\//)]);
    expect(await gitBytes(clone(), 'cat-file', 'blob', `${commit}:${path}`)).toEqual(bytes);
    expect(await git(clone(), 'show', commit)).toContain(
      `"tags":["cat"],"attachments":[{"sha256":"${sha256}","name":"photo of a cat.png","type":"image/png","size":${bytes.length},"width":30,"height":20}],"createdAt":`,
    );
    await eventually(async () => expect(await readFile(join(clone(), path))).toEqual(bytes));
    expect(((await api.history(message.id)) as unknown as WithFiles[])[0]?.attachments).toEqual([uploaded]);

    const sent = await fetchFile(api, sha256);
    expect(sent.status).toBe(200);
    expect(sent.bytes).toEqual(bytes);
    expect(Object.fromEntries(sent.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline; filename="photo of a cat.png"',
      etag: `"${sha256}"`,
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'accept-ranges': 'bytes',
    });
  });

  test('is stored once, whoever names it and by whatever name', async () => {
    const { sha256 } = await upload(api, 'the same words', 'a.txt');
    const first = await create({ text: 'one', attachments: [{ sha256 }] });
    const again = expected<Uploaded>(await sendFile(api, 'the same words', 'b.txt'), 200);
    expect(again).toMatchObject({ sha256, name: 'b.txt', type: 'text/plain' });
    const second = await create({ text: 'two', attachments: [{ sha256, name: 'c.txt' }] });
    expect(second.attachments?.[0]).toMatchObject({ name: 'c.txt' });
    expect(await changedBy(commitOf(second))).toEqual([expect.stringMatching(/^M\tmessages\//)]);
    const [path, ...others] = (await filesIn(commitOf(second))).filter((name) => name.includes(sha256));
    expect([path, others]).toEqual([
      (await filesIn(commitOf(first))).find((name) => name.includes(sha256)),
      [],
    ]);

    const nameBy = async (query: string) => {
      const { status, headers } = await api.get(`/attachments/${sha256}${query}`);
      return [status, headers.get('content-disposition')];
    };
    expect(await nameBy('')).toEqual([200, 'inline; filename=c.txt']);
    expect(await nameBy(`?message=${first.id}`)).toEqual([200, 'inline; filename=a.txt']);
    await api.edit(first.id, { attachments: [{ sha256, name: 'd.txt' }] });
    expect(await nameBy(`?message=${first.id.toUpperCase()}`)).toEqual([200, 'inline; filename=d.txt']);
    await api.edit(first.id, { attachments: [] });
    expect(await nameBy(`?message=${first.id}`)).toEqual([200, 'inline; filename=d.txt']);
    expect(await nameBy(`?message=${randomUUID()}`)).toEqual([200, 'inline; filename=c.txt']);
    expect(await nameBy('?message=a.txt')).toEqual([400, null]);
  });

  test('goes to every repository of the message, and may stand without a text', async () => {
    const bytes = randomBytes(3000);
    const { sha256, type } = await upload(api, bytes);
    expect(type).toBe('application/octet-stream');
    const message = await create({ text: '', repositories: 'all', attachments: [{ sha256 }] });
    expect(message).toMatchObject({ text: '', attachments: [{ sha256, name: 'file.bin', size: 3000 }] });
    for (const name of ['messages', 'second']) {
      const commit = commitOf(message, name);
      expect(await changedBy(commit, name)).toHaveLength(2);
      expect(await filesIn(commit, name)).toContainEqual(expect.stringContaining(sha256));
    }
    expect((await git(clone(), 'log', '-1', '--format=%s', commitOf(message))).trim()).toBe('(no text)');
  });

  test('is copied with its line to a repository that is named later', async () => {
    const { sha256 } = await upload(api, randomBytes(500));
    const draft = { id: randomUUID(), text: 'more', attachments: [{ sha256 }] };
    await create(draft);
    const both = expected<Message>(await api.post({ ...draft, repositories: ['second'] }), 200);
    expect(await filesIn(commitOf(both, 'second'), 'second')).toContainEqual(expect.stringContaining(sha256));
  });

  test('comes and goes by edits, and stays in the history', async () => {
    const [one, two] = [await upload(api, 'one', '1.txt'), await upload(api, 'two', '2.txt')];
    const { id } = await create({ text: 'edited', attachments: [{ sha256: one.sha256 }] });
    const edit = async (change: object) => (await api.edit(id, change)) as WithFiles;
    const both = [{ sha256: one.sha256 }, { sha256: two.sha256 }];
    expect(await edit({ attachments: both })).toMatchObject({ revision: 2, attachments: [one, two] });
    expect(await edit({ attachments: both })).toMatchObject({ revision: 2 });
    const named = await edit({ attachments: [{ sha256: two.sha256, name: 'two again.txt' }] });
    expect(named).toMatchObject({ revision: 3, attachments: [{ name: 'two again.txt' }] });
    expect(await edit({ text: 'changed' })).toMatchObject({ revision: 4, attachments: named.attachments });
    const bare = await edit({ attachments: [] });
    expect(bare).not.toHaveProperty('attachments');
    expect((await fetchFile(api, one.sha256)).status).toBe(200);

    expect((await api.delete(id)).status).toBe(204);
    expect((await fetchFile(api, one.sha256)).status).toBe(404);
    expect(await edit({})).toMatchObject({ revision: 7 });
    expect((await fetchFile(api, one.sha256)).status).toBe(200);
  });

  test('belongs to what makes a message the same', async () => {
    const { sha256, name } = await upload(api, 'idempotent', 'i.txt');
    const other = await upload(api, 'another', 'o.txt');
    const draft = { id: randomUUID(), text: 'twice', attachments: [{ sha256 }] };
    await create(draft);
    expect((await api.post(draft)).status).toBe(200);
    expect((await api.post({ ...draft, attachments: [{ sha256, name }] })).status).toBe(200);
    problemOf(await api.post({ ...draft, attachments: [{ sha256, name: 'x' }] }), 409);
    problemOf(await api.post({ ...draft, attachments: [{ sha256: other.sha256 }] }), 409);
    problemOf(await api.post({ ...draft, attachments: [] }), 409);
  });

  test('can be named in a bulk, and an unknown one spoils no other line', async () => {
    const { sha256 } = await upload(api, 'bulk', 'bulk.txt');
    const results = await api.bulk([
      { text: 'good', attachments: [{ sha256 }] },
      { text: 'bad', attachments: [{ sha256: hashOf(Buffer.from('nowhere')) }] },
      { text: '', attachments: [{ sha256 }] },
    ]);
    expect(results.map(({ status }) => status)).toEqual([201, 400, 201]);
  });
});

test('messages with files are found by has:attachment', async () => {
  const { sha256 } = await upload(api, 'to be found', 'found.txt');
  const { id } = await create({ text: 'unusual', attachments: [{ sha256 }] });
  const found = (await api.messages('?q=unusual%20has:attachment')) as WithFiles[];
  expect(found).toMatchObject([{ id, attachments: [{ sha256, name: 'found.txt' }] }]);
  expect(await api.messages('?q=unusual%20-has:attachment')).toEqual([]);
});

test('exports name the files of messages', async () => {
  const { sha256 } = await upload(api, 'exported', 'my [file].txt');
  await create({ text: 'exporting', attachments: [{ sha256 }] });
  const exported = async (format: string) => (await api.get(`/export?q=exporting&format=${format}`)).text;
  expect(await exported('markdown')).toContain(`attachments/${sha256.slice(0, 2)}/${sha256}.txt`);
  expect(await exported('html')).toContain('Files: <bdi>my [file].txt</bdi> (text/plain)');
  expect(await exported('json')).toContain(`"sha256":"${sha256}","name":"my [file].txt"`);
  expect(await exported('ndjson')).toContain(`"attachments":[{"sha256":"${sha256}"`);
});

describe('what is refused', () => {
  test('a file that nobody uploaded', async () => {
    const sha256 = hashOf(Buffer.from('never sent'));
    const { errors } = problemOf(await api.post({ text: 'x', attachments: [{ sha256 }] }), 400);
    expect(errors).toEqual([{ field: 'attachments', detail: expect.stringContaining(sha256) }]);
    const { id } = await create({ text: 'to edit' });
    problemOf(await api.patch(id, { attachments: [{ sha256 }] }), 400);
    expect(await api.message(id)).toMatchObject({ revision: 1 });
  });

  test('lists of files that are none', async () => {
    const { sha256 } = await upload(api, 'listed');
    for (const attachments of [
      'x',
      [sha256],
      [{ sha256: sha256.toUpperCase() }],
      [{ sha256, name: '../x' }],
      [{ sha256, name: '' }],
      [{ sha256, name: 'a\nb' }],
      [{ sha256, name: 'n'.repeat(256) }],
      [{ sha256, size: 6 }],
      [{ sha256, name: 'half \ud800' }],
      Array.from({ length: 21 }, (_, index) => ({ sha256: hashOf(Buffer.from(`${index}`)) })),
    ]) {
      const { errors } = problemOf(await api.post({ text: 'x', attachments }), 400);
      expect(errors?.[0]?.field, JSON.stringify(attachments)).toBe('attachments');
    }
  });

  test('a message with neither text nor files, also by an edit', async () => {
    problemOf(await api.post({ text: '', attachments: [] }), 400);
    const { sha256 } = await upload(api, 'alone');
    const { id } = await create({ text: '', attachments: [{ sha256 }] });
    const { errors } = problemOf(await api.patch(id, { attachments: [] }), 400);
    expect(errors?.[0]?.field).toBe('attachments');
    expect(await api.edit(id, { text: 'now', attachments: [] })).toMatchObject({ text: 'now' });
  });

  test('a file that is empty, too large, or has no name that a file can have', async () => {
    problemOf(await sendFile(api, '', 'empty.txt'), 400);
    expect((await sendFile(api, randomBytes(10 * 2 ** 20), 'just.bin')).status).toBe(201);
    const tooLarge = await sendFile(api, randomBytes(10 * 2 ** 20 + 1), 'large.bin');
    problemOf(tooLarge, 413);
    for (const { headers } of [tooLarge, await api.get('/settings')])
      expect(headers.get('Upload-Limit')).toBe(`max-size=${10 * 2 ** 20}`);
    for (const name of ['a/b', 'a\\b', 'a\nb', '', 'n'.repeat(256)])
      problemOf(await sendFile(api, 'x', name), 400);
    expect((await sendFile(api, 'y', 'n'.repeat(255))).status).toBe(201);
    expect(await readdir(join(folder, 'data', 'uploads', 'incoming'))).toEqual([]);
  });

  test('a file that no message names', async () => {
    const { sha256 } = await upload(api, 'not named yet');
    problemOf(await api.get(`/attachments/${sha256}`), 404);
    problemOf(await api.get('/attachments/nothing'), 404);
    problemOf(await api.get(`/attachments/${hashOf(Buffer.from('no such file'))}`), 404);
  });
});

describe('sending a file', () => {
  test('in parts, without a body, and not again to those who have it', async () => {
    const { sha256 } = await upload(api, '0123456789', 'digits.txt');
    await create({ text: 'digits', attachments: [{ sha256 }] });
    const part = await fetchFile(api, sha256, { Range: 'bytes=2-4' });
    expect([part.status, part.bytes.toString(), part.headers.get('content-range')]).toEqual([
      206,
      '234',
      'bytes 2-4/10',
    ]);
    const last = await fetchFile(api, sha256, { Range: 'bytes=-3' });
    expect([last.status, last.bytes.toString()]).toEqual([206, '789']);
    const more = await fetchFile(api, sha256, { Range: 'bytes=-999' });
    expect([more.status, more.bytes.length]).toEqual([206, 10]);
    const weak = await fetchFile(api, sha256, { Range: 'bytes=0-1', 'If-Range': `W/"${sha256}"` });
    expect(weak.status).toBe(200);
    const since = { 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT', 'If-Match': `"${sha256}"` };
    expect((await fetchFile(api, sha256, since)).status).toBe(200);
    for (const match of ['"other"', `W/"${sha256}"`, `"${sha256}x", W/"${sha256}"`]) {
      const refused = await api.get(`/attachments/${sha256}`, { 'If-Match': match, 'If-None-Match': '*' });
      problemOf(refused, 412);
      expect(refused.headers.get('etag')).toBe(null);
    }
    const several = { 'If-Match': `"other", "${sha256}"` };
    expect((await fetchFile(api, sha256, several)).status).toBe(200);
    const lists = { Range: 'bytes=0-1', 'If-Range': `"other", "${sha256}"` };
    expect((await fetchFile(api, sha256, lists)).status).toBe(200);
    expect((await fetchFile(api, sha256, { Range: 'bytes=-99999,0-0' })).bytes).toHaveLength(10);
    expect((await fetchFile(api, sha256, { Range: 'bytes=0-1' }, 'HEAD')).status).toBe(200);
    const outside = await api.get(`/attachments/${sha256}`, { Range: 'bytes=10-' });
    problemOf(outside, 416);
    expect(outside.headers.get('content-range')).toBe('bytes */10');
    expect(outside.headers.get('cache-control')).toBe('no-store');
    const head = await fetchFile(api, sha256, {}, 'HEAD');
    expect([head.status, head.bytes.length, head.headers.get('content-length')]).toEqual([200, 0, '10']);
    const same = await fetchFile(api, sha256, { 'If-None-Match': `"${sha256}"` });
    expect([same.status, same.bytes.length, same.headers.get('etag')]).toEqual([304, 0, `"${sha256}"`]);
    const other = await fetchFile(api, sha256, { Range: 'bytes=0-1', 'If-Range': '"other"' });
    expect([other.status, other.bytes.toString()]).toEqual([200, '0123456789']);
  });
});
