import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSource } from '../../src/import/source.ts';
import type { Api } from '../support/api.ts';
import { importFile } from '../support/exports/import.ts';
import { fetchFile, hashOf, pngOf, upload } from '../support/files.ts';
import { git } from '../support/git.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

async function zipped(api: Api, folder: string, query = ''): Promise<{ path: string; names: string[] }> {
  const answer = await fetch(`${api.url}/export?format=zip${query}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/zip');
  expect(answer.headers.get('content-disposition')).toMatch(/filename="gitpost-[\d-]+\.zip"/);
  const path = join(folder, 'all.zip');
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  const source = await openSource(path);
  const names = source.files.map(({ name }) => name);
  await source.close();
  return { path, names };
}

/** The bytes of an entry, whose checksum is checked. */
async function contentIn(path: string, name: string): Promise<Buffer> {
  const source = await openSource(path);
  const chunks: Buffer[] = [];
  for (const file of source.files.filter((one) => one.name === name))
    for await (const chunk of file.read()) chunks.push(chunk);
  await source.close();
  return Buffer.concat(chunks);
}

test('a zip has the lines, two documents and the files, and brings all of it into another gitpost', async () => {
  const folder = await temporaryFolder();
  const { api } = await startSmallApp(folder);
  const [photo, page] = [
    pngOf(30, 20),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
  ];
  await upload(api, photo, 'cat "1".png');
  await upload(api, page, 'draw.svg');
  await upload(api, Buffer.from('old'), 'old.txt');
  const message = await api.create({
    text: 'Look',
    attachments: [
      { sha256: hashOf(photo) },
      { sha256: hashOf(page) },
      { sha256: hashOf(Buffer.from('old')) },
    ],
  });
  await api.edit(message.id, { attachments: [{ sha256: hashOf(photo) }, { sha256: hashOf(page) }] });
  const { id } = await api.create({ text: 'gone' });
  await api.delete(id);

  const { path, names } = await zipped(api, folder);
  const files = [photo, page, Buffer.from('old')].map(
    (bytes) => `attachments/${hashOf(bytes).slice(0, 2)}/${hashOf(bytes)}`,
  );
  expect(names).toEqual(
    [
      `${files[0]}.png`,
      `${files[1]}.svg`,
      `${files[2]}.txt`,
      'messages.html',
      'messages.md',
      'messages.ndjson',
    ].sort(),
  );
  expect(await contentIn(path, `${files[0]}.png`)).toEqual(photo);
  expect((await contentIn(path, 'messages.md')).toString()).toContain(`](${files[0]}.png)`);
  const html = (await contentIn(path, 'messages.html')).toString();
  expect(html).toContain(`<img src="${files[0]}.png"`);
  expect(html).not.toContain(`<img src="${files[1]}`);
  expect(html).toContain('download="cat &quot;1&quot;.png"');

  const other = (await startSmallApp(await temporaryFolder())).api;
  const bytes = await readFile(path);
  expect(await importFile(other, '', bytes)).toMatchObject({
    format: 'gitpost',
    created: 2,
    updated: 2,
    attachments: 5,
  });
  const all = async (from: Api) => (await from.get('/export?revisions=all')).text;
  expect(await all(other)).toBe(await all(api));
  expect((await fetchFile(other, hashOf(photo))).bytes).toEqual(photo);
  expect((await fetchFile(other, hashOf(Buffer.from('old')))).bytes.toString()).toBe('old');
  expect(await importFile(other, '', bytes)).toMatchObject({ created: 0, updated: 0, present: 4 });
});

test('a file that no clone has is named, and a client that leaves holds nothing up', async () => {
  const folder = await temporaryFolder();
  const { api, close, troubles } = await startSmallApp(folder);
  const sha256 = hashOf(Buffer.from('nowhere'));
  const line = {
    ...{
      v: 1,
      id: '0192f0c1-0000-7000-8000-000000000001',
      revision: 1,
      author: 'A',
      type: 'text',
      text: 'x',
    },
    attachments: [{ sha256, name: 'lost.txt', type: 'text/plain', size: 7 }],
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  await importFile(api, '', `${JSON.stringify(line)}\n`);
  const { path, names } = await zipped(api, folder);
  expect(names).toContain('missing-files.txt');
  expect((await contentIn(path, 'missing-files.txt')).toString()).toBe(
    `attachments/${sha256.slice(0, 2)}/${sha256}.txt: lost.txt\n`,
  );

  for (let at = 0; at < 30; at += 1) await api.create({ text: `${at} ${'long '.repeat(10_000)}` });
  const answer = await fetch(`${api.url}/export?format=zip`);
  await answer.body?.cancel();
  await close();
  expect(troubles).toEqual([]);
  await eventually(async () => expect(await git(join(folder, 'repos', 'messages'), 'fsck')).toBe(''));
});
