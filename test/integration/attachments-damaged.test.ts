import { randomUUID } from 'node:crypto';
import { open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Api, commitOf, expected, problemOf } from '../support/api.ts';
import { fetchFile, upload } from '../support/files.ts';
import { commitFile, git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { missingOnBranch } from '../support/judge-files.ts';
import { madeFile } from '../support/sample-files.ts';
import { eventually } from '../support/wait.ts';

/** Changes one bit of a file, and leaves its length. */
async function flipBit(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, 2);
  await handle.write(Buffer.from([(buffer[0] as number) ^ 1]), 0, 1, 2);
  await handle.close();
}

const uploadIn = (folder: string, sha256: string) => join(folder, 'data/uploads', sha256);
const names = ({ sha256 }: { sha256: string }) => ({ text: 'Look', attachments: [{ sha256 }] });
const fileOf = (what: string) => madeFile('a.txt', Buffer.from(`${what} ${randomUUID()}`));

/** Sends a message that names a damaged file, and expects that it is refused and nothing committed. */
async function expectRefusal(api: Api, sha256: string): Promise<void> {
  const problem = problemOf(await api.post(names({ sha256 })), 400);
  expect(problem.detail).toContain('upload it first');
  expect(await api.messages()).toEqual([]);
}

test('an upload that was damaged on the disk is refused, and taken when it is sent again', async () => {
  const { api, folder } = await startHere();
  const { sha256, bytes } = fileOf('damaged');
  await upload(api, bytes);
  await flipBit(uploadIn(folder, sha256));
  await expectRefusal(api, sha256);

  await upload(api, bytes);
  const message = await api.create(names({ sha256 }));
  expect(await missingOnBranch(join(folder, 'repos/messages'), commitOf(message))).toEqual([]);
});

test('an upload that was damaged after it was used is replaced by what the commits hold', async () => {
  const { api, folder } = await startHere({ env: { REPOSITORIES: 'second' } });
  const { sha256, bytes } = fileOf('used');
  await upload(api, bytes);
  await api.create(names({ sha256 }));
  await flipBit(uploadIn(folder, sha256));
  expect((await fetchFile(api, sha256)).bytes).toEqual(bytes);

  const again = await api.create({ ...names({ sha256 }), repositories: ['second'] });
  expect(await git(join(folder, 'repos/second'), 'show', commitOf(again, 'second'))).toContain(
    `"attachments":[{"sha256":"${sha256}","name":`,
  );
  expect(await missingOnBranch(join(folder, 'repos/second'), commitOf(again, 'second'))).toEqual([]);
  expect(expected<{ status: string }>(await api.get('/verify'), 200).status).toBe('ok');
});

test('the copy of a file is made again when it was removed, damaged or is no file any more', async () => {
  const { api, folder } = await startHere();
  const { sha256, bytes } = fileOf('copied');
  await upload(api, bytes);
  await api.create(names({ sha256 }));
  await rm(uploadIn(folder, sha256));
  await rm(`${uploadIn(folder, sha256)}.json`);
  const copies = join(folder, 'data/attachments');
  const harms = [
    () => rm(copies, { recursive: true }),
    () => flipBit(join(copies, sha256)),
    () => writeFile(join(copies, sha256), 'damaged'),
    () => rm(join(copies, sha256)),
  ];
  expect((await fetchFile(api, sha256)).bytes).toEqual(bytes);
  for (const harm of harms) {
    await harm();
    expect((await fetchFile(api, sha256)).bytes).toEqual(bytes);
    await harm();
    // Each time, its text is looked through for credentials.
    await api.create(names({ sha256 }));
  }
});

test('an upload whose connection is closed at once leaves nothing behind', async () => {
  const { api, folder } = await startHere();
  const incoming = join(folder, 'data/uploads/incoming');
  const head = (length: number) =>
    `POST /attachments HTTP/1.1\r\nHost: ${new URL(api.url).host}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`;
  await upload(api, 'the folder is there from now on');
  for (let round = 0; round < 20; round += 1) {
    const { hostname, port } = new URL(api.url);
    const socket = connect({ host: hostname, port: Number(port) });
    await new Promise((resolve) =>
      socket.end(head(5_000_000) + 'x'.repeat(round % 2 ? 3000 : 0), () => resolve(0)),
    );
    socket.destroy();
  }
  await eventually(async () => expect(await readdir(incoming)).toEqual([]));
  await upload(api, 'another');
  await eventually(async () => expect(await readdir(incoming)).toEqual([]));
});

test('a file that goes away between the question for it and the commit is no 201', async () => {
  const { api, folder } = await startHere();
  // It takes a while to look through so much text for credentials.
  const { sha256, bytes } = madeFile(
    'long.txt',
    Buffer.from(`some words and more ${randomUUID()}\n`.repeat(150_000)),
  );
  await upload(api, bytes);
  const path = uploadIn(folder, sha256);
  const usedAt = async () => (await stat(`${path}.json`)).mtimeMs;
  const before = await usedAt();
  const id = randomUUID();
  const answer = api.post({ id, ...names({ sha256 }) });
  await eventually(async () => (await usedAt()) !== before);
  await rm(path);
  const problem = problemOf(await answer, 503);
  expect(problem).toMatchObject({ id, detail: expect.stringContaining('Upload the file again') });
  expect(await api.messages()).toEqual([]);

  await upload(api, bytes);
  const message = await api.create({ id, ...names({ sha256 }) });
  expect(await missingOnBranch(join(folder, 'repos/messages'), commitOf(message))).toEqual([]);
});

test('bytes that somebody committed under the name of a file are not taken for it', async () => {
  const { api, folder } = await startHere({ env: { REPOSITORIES: 'second' } });
  const clone = join(folder, 'repos/messages');
  const { sha256, bytes } = fileOf('replaced');
  await upload(api, bytes);
  await api.create({ ...names({ sha256 }), repositories: ['second'] });
  await rm(uploadIn(folder, sha256));
  await api.create({ text: 'So there is a branch' });
  await commitFile(clone, `attachments/${sha256.slice(0, 2)}/${sha256}.txt`, 'other bytes', 'Mine');
  const message = await api.create(names({ sha256 }));
  expect(await missingOnBranch(clone, commitOf(message))).toEqual([]);
});
