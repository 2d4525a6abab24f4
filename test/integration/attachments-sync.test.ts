import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Api, commitOf, expected, type Message, problemOf } from '../support/api.ts';
import { fetchFile, hashOf, upload } from '../support/files.ts';
import { bareRepository, cloneOf, git, gitBytes } from '../support/git.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

interface Device {
  api: Api;
  clone: string;
  folder: string;
  close(): Promise<void>;
}

async function deviceOf(folder: string, remote: string, more: Record<string, string> = {}): Promise<Device> {
  const { api, close, troubles } = await startSmallApp(folder, { REPOSITORY_NAME: remote, ...more });
  await api.messages();
  return {
    api,
    clone: join(folder, 'repos', 'shared'),
    folder,
    close: async () => {
      await close();
      expect(troubles).toEqual([]);
    },
  };
}

async function remoteIn(folder: string): Promise<string> {
  return bareRepository(join(folder, 'shared.git'));
}

const pathOf = (sha256: string, ending: string) => `attachments/${sha256.slice(0, 2)}/${sha256}.${ending}`;
const send = async (api: Api, bytes: Uint8Array | string, text: string, more: object = {}) => {
  const { sha256 } = await upload(api, bytes);
  return { sha256, message: await api.create({ text, attachments: [{ sha256 }], ...more }) };
};
const findingsOf = async (api: Api) => {
  const { repositories } = expected<{ repositories: Array<{ findings: Array<{ kind: string }> }> }>(
    await api.get('/verify'),
    200,
  );
  return repositories.flatMap(({ findings }) => findings.map(({ kind }) => kind));
};

test('files reach another device and its work tree, and survive the loss of its data', async () => {
  const folder = await temporaryFolder();
  const remote = await remoteIn(folder);
  const ann = await deviceOf(join(folder, 'ann'), remote);
  const bytes = randomBytes(200_000);
  const { sha256, message } = await send(ann.api, bytes, 'for Bo');
  expect(await ann.api.sync('push', 'shared')).toMatchObject({ status: 'pushed' });
  const bo = await deviceOf(join(folder, 'bo'), remote);
  await bo.api.sync('pull', 'shared');
  expect(await bo.api.message(message.id)).toMatchObject({ attachments: [{ sha256, size: 200_000 }] });
  expect((await fetchFile(bo.api, sha256)).bytes.equals(bytes)).toBe(true);
  await eventually(async () => (await readFile(join(bo.clone, pathOf(sha256, 'bin')))).equals(bytes));
  await eventually(async () => expect(await git(bo.clone, 'status', '--porcelain')).toBe(''));

  await bo.close();
  await rm(join(bo.folder, 'data'), { recursive: true });
  const again = await deviceOf(bo.folder, remote);
  expect((await fetchFile(again.api, sha256, { Range: 'bytes=-5' })).bytes).toEqual(bytes.subarray(-5));
  const named = await again.api.create({ text: 'named again', attachments: [{ sha256 }] });
  expect(named).toMatchObject({ attachments: [{ sha256, name: 'file.bin' }] });
  expect(await findingsOf(again.api)).toEqual([]);
  await Promise.all([ann.close(), again.close()]);
});

test('two devices that add the same file never conflict, and a file beats its deletion in a merge', async () => {
  const folder = await temporaryFolder();
  const remote = await remoteIn(folder);
  const ann = await deviceOf(join(folder, 'ann'), remote);
  const bo = await deviceOf(join(folder, 'bo'), remote);
  const { sha256 } = await send(ann.api, 'same', 'from Ann');
  await send(bo.api, 'same', 'from Bo');
  await ann.api.sync('push', 'shared');
  expect(await bo.api.sync('push', 'shared')).toMatchObject({ status: 'pushed' });
  await ann.api.sync('pull', 'shared');
  expect(await ann.api.messages()).toHaveLength(2);

  const other = await cloneOf(remote, join(folder, 'other'));
  await git(other, 'rm', '--quiet', pathOf(sha256, 'txt'));
  await git(other, 'commit', '--quiet', '-m', 'tidy up');
  await git(other, 'push', '--quiet', 'origin', 'main');
  await bo.api.create({ text: 'meanwhile' });
  expect(await bo.api.sync('push', 'shared')).toMatchObject({ status: 'pushed' });
  expect(await git(bo.clone, 'show', `main:${pathOf(sha256, 'txt')}`)).toBe('same');
  expect((await fetchFile(bo.api, sha256)).bytes.toString()).toBe('same');

  // One side that holds other bytes under this name loses to the one whose bytes have the hash.
  await git(other, 'pull', '--quiet', 'origin', 'main');
  await writeFile(join(other, pathOf(sha256, 'txt')), 'forged');
  await git(other, 'commit', '--quiet', '-am', 'other bytes');
  await git(other, 'push', '--quiet', 'origin', 'main');
  await bo.api.create({ text: 'and again' });
  expect(await bo.api.sync('push', 'shared')).toMatchObject({ status: 'pushed' });
  expect(await git(bo.clone, 'show', `main:${pathOf(sha256, 'txt')}`)).toBe('same');
  await Promise.all([ann.close(), bo.close()]);
});

test.each(['local', 'remote'] as const)(
  'resolving a rewritten history for the %s side keeps files',
  async (keep) => {
    const folder = await temporaryFolder();
    const remote = await remoteIn(folder);
    const ann = await deviceOf(join(folder, 'ann'), remote);
    await ann.api.create({ text: 'first' });
    await ann.api.sync('push', 'shared');
    const first = await git(remote, 'rev-parse', 'main');
    const pushed = await send(ann.api, 'pushed', 'was pushed');
    await ann.api.sync('push', 'shared');
    await git(remote, 'update-ref', 'refs/heads/main', first);
    const own = await send(ann.api, 'own', 'never pushed');
    expect(await ann.api.sync('push', 'shared')).toMatchObject({ status: 'rewritten' });
    const resolved = await ann.api.send('POST', '/repositories/shared/resolve', { json: { keep } });
    expect(resolved.status, resolved.text).toBe(200);
    await ann.api.sync('push', 'shared');
    expect(await git(remote, 'show', `main:${pathOf(own.sha256, 'txt')}`)).toBe('own');
    const kept = await git(remote, 'ls-tree', '-r', '--name-only', 'main');
    expect(kept.includes(pushed.sha256)).toBe(keep === 'local');
    const { id } = own.message;
    expect(
      await git(remote, 'show', '--format=', '--name-only', commitOf(await ann.api.message(id), 'shared')),
    ).toContain(own.sha256);
    expect(await findingsOf(ann.api)).toEqual([]);
    await ann.close();
  },
);

test('a repository with a file in place of attachments is unsafe, and gets what it missed once it is a folder', async () => {
  const folder = await temporaryFolder();
  const remote = await remoteIn(folder);
  const ann = await deviceOf(join(folder, 'ann'), remote, { REPOSITORIES: 'second' });
  await ann.api.create({ text: 'first', repositories: 'all' });
  const second = join(ann.folder, 'repos', 'second');
  await eventually(async () => expect(await git(second, 'status', '--porcelain')).toBe(''));
  await writeFile(join(second, 'attachments'), 'a file');
  await git(second, 'add', 'attachments');
  await git(second, 'commit', '--quiet', '-m', 'in the way');
  await eventually(async () => expect(await ann.api.repository('second')).toMatchObject({ state: 'unsafe' }));
  const { sha256 } = await upload(ann.api, 'wanted');
  const draft = { id: randomUUID(), text: 'both', attachments: [{ sha256 }], repositories: 'all' };
  const refused = problemOf(await ann.api.post(draft), 503);
  expect(refused.deliveries).toMatchObject([{ repository: 'shared' }]);
  await git(second, 'rm', '--quiet', 'attachments');
  await git(second, 'commit', '--quiet', '-m', 'out of the way');
  await rm(join(ann.folder, 'data', 'uploads'), { recursive: true });
  await eventually(async () => expect(await ann.api.repository('second')).toMatchObject({ state: 'ready' }));
  const message = expected<Message>(await ann.api.post(draft), 200);
  expect(await git(second, 'show', `${commitOf(message, 'second')}:${pathOf(sha256, 'txt')}`)).toBe('wanted');
  await ann.close();
});

test("a person's commit of an older index takes no file out", async () => {
  const folder = await temporaryFolder();
  const ann = await deviceOf(join(folder, 'ann'), await remoteIn(folder));
  await ann.api.create({ text: 'first' });
  await eventually(async () => expect(await git(ann.clone, 'status', '--porcelain')).toBe(''));
  const { sha256 } = await upload(ann.api, 'kept');
  const message = await ann.api.create({ text: 'with a file', attachments: [{ sha256 }] });
  await git(ann.clone, 'commit', '--quiet', '--allow-empty', '-m', 'mine');
  await eventually(async () => {
    expect(await ann.api.message(message.id)).toMatchObject({ text: 'with a file' });
    expect(await git(ann.clone, 'show', `main:${pathOf(sha256, 'txt')}`)).toBe('kept');
    return (await git(ann.clone, 'status', '--porcelain')) === '';
  });
  await ann.close();
});

test('verify names what is missing, what has other bytes, and what no line names', async () => {
  const folder = await temporaryFolder();
  const ann = await deviceOf(join(folder, 'ann'), await remoteIn(folder));
  const [one, two, old] = [
    await send(ann.api, 'one', 'missing'),
    await send(ann.api, 'two', 'damaged'),
    await send(ann.api, 'old', 'replaced'),
  ];
  await ann.api.edit(old.message.id, { attachments: [] });
  await eventually(async () => expect(await git(ann.clone, 'status', '--porcelain')).toBe(''));
  const unnamed = `attachments/00/${'0'.repeat(64)}`;
  await git(ann.clone, 'rm', '--quiet', pathOf(one.sha256, 'txt'), pathOf(old.sha256, 'txt'));
  await writeFile(join(ann.clone, pathOf(two.sha256, 'txt')), 'changed');
  await git(ann.clone, 'add', '--all');
  await git(
    ann.clone,
    'update-index',
    '--add',
    '--cacheinfo',
    `100644,${await git(ann.clone, 'rev-parse', `HEAD:${pathOf(two.sha256, 'txt')}`)},${unnamed}`,
  );
  await git(ann.clone, 'commit', '--quiet', '-m', 'damage');
  const { repositories } = expected<{
    repositories: Array<{ findings: Array<{ kind: string; severity: string; file: string; id?: string }> }>;
  }>(await ann.api.get('/verify'), 200);
  const seen = repositories.flatMap(({ findings }) =>
    findings
      .filter(({ kind }) => kind.startsWith('attachment'))
      .map(({ kind, severity, file, id }) => [kind, severity, id ?? file]),
  );
  expect(seen.sort()).toEqual(
    [
      ['attachment-missing', 'wrong', one.message.id],
      ['attachment-missing', 'notice', old.message.id],
      ['attachment-missing', 'wrong', two.message.id],
      ['attachment-damaged', 'wrong', pathOf(two.sha256, 'txt')],
      ['attachment-damaged', 'wrong', unnamed],
      ['attachment-unnamed', 'notice', unnamed],
    ].sort(),
  );

  // The bytes come back with the next message that names them.
  await upload(ann.api, 'one').catch(() => undefined);
  const named = await ann.api.create({ text: 'again', attachments: [{ sha256: one.sha256 }] });
  expect(await git(ann.clone, 'show', `${commitOf(named, 'shared')}:${pathOf(one.sha256, 'txt')}`)).toBe(
    'one',
  );
  await ann.close();
});

test('an upload that no message names within a day is dropped, and one that is named stays', async () => {
  const folder = await temporaryFolder();
  let now = Date.now();
  const clock = () => new Date(now);
  const remote = await remoteIn(folder);
  const first = await startSmallApp(join(folder, 'ann'), { REPOSITORY_NAME: remote }, { clock });
  const [forgotten, named] = [await upload(first.api, 'forgotten'), await upload(first.api, 'named')];
  await first.api.create({ text: 'x', attachments: [{ sha256: named.sha256 }] });
  await first.close();
  now += 23 * 3_600_000;
  const second = await startSmallApp(join(folder, 'ann'), { REPOSITORY_NAME: remote }, { clock });
  const late = await second.api.create({ text: 'late', attachments: [{ sha256: forgotten.sha256 }] });
  expect(late).toMatchObject({ attachments: [{ sha256: forgotten.sha256 }] });
  await upload(second.api, 'never named');
  await second.close();
  now += 25 * 3_600_000;
  const third = await startSmallApp(join(folder, 'ann'), { REPOSITORY_NAME: remote }, { clock });
  problemOf(
    await third.api.post({ text: 'y', attachments: [{ sha256: hashOf(Buffer.from('never named')) }] }),
    400,
  );
  expect((await fetchFile(third.api, named.sha256)).bytes.toString()).toBe('named');
  expect((await fetchFile(third.api, forgotten.sha256)).bytes.toString()).toBe('forgotten');
  await third.close();
});

test('a large file holds nobody up and is committed to the byte', async () => {
  const folder = await temporaryFolder();
  const ann = await deviceOf(join(folder, 'ann'), await remoteIn(folder));
  const bytes = randomBytes(10 * 2 ** 20);
  const { sha256 } = await upload(ann.api, bytes, 'large.bin');
  const large = ann.api.create({ text: 'large', attachments: [{ sha256 }] });
  const others = await Promise.all(
    Array.from({ length: 20 }, (_, index) => ann.api.create({ text: `${index}` })),
  );
  expect(others).toHaveLength(20);
  const commit = commitOf(await large, 'shared');
  const committed = await gitBytes(ann.clone, 'cat-file', 'blob', `${commit}:${pathOf(sha256, 'bin')}`);
  // A comparison by toEqual looks at each of the bytes, and takes minutes.
  expect(committed.equals(bytes)).toBe(true);
  await ann.close();
});
