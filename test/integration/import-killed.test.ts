import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Api, apiAt } from '../support/api.ts';
import { importFile } from '../support/exports/import.ts';
import { zipOf } from '../support/exports/zip.ts';
import { hashOf, pngOf } from '../support/files.ts';
import { git } from '../support/git.ts';
import { startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';

const MESSAGES = 1600;
const photo = pngOf(9, 9);

const export_ = () =>
  zipOf({
    'c.json': {
      guild: { id: '1' },
      channel: { id: '2', name: 'general' },
      messages: Array.from({ length: MESSAGES }, (_, id) => ({
        ...{
          id: String(id),
          type: 'Default',
          timestamp: `2026-01-02T00:00:00.${String(id % 1000).padStart(3, '0')}Z`,
        },
        ...{ content: `number ${id}`, author: { name: 'Ann' } },
        attachments: id % 400 === 399 ? [{ fileName: 'a.png', url: 'media/a.png' }] : [],
      })),
    },
    'media/a.png': photo,
  });

/** Sends an export and resolves when the first of it is written. */
async function untilWriting(api: Api, bytes: Buffer): Promise<void> {
  const answer = await fetch(`${api.url}/import`, {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  let text = '';
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (text.includes('"stage":"writing"')) return;
  }
  throw new Error(`it was over before: ${text.slice(-300)}`);
}

test('an import that is killed half-way goes on where it was', async () => {
  const folder = await temporaryFolder();
  const bytes = await export_();
  const first = await startProcess({ folder });
  await untilWriting(apiAt(first.url), bytes);
  first.kill('SIGKILL');
  await first.exited;

  const { url } = await startProcess({ folder });
  const result = await importFile(apiAt(url), '', bytes);
  expect(result.created + result.present).toBe(MESSAGES);
  expect(result.present).toBeGreaterThanOrEqual(1000);
  expect(result).toMatchObject({ updated: 0, attachments: 4 });
  const clone = join(folder, 'repos', 'messages');
  const texts = (
    await git(clone, 'grep', '-h', '-o', '"text":"number [0-9]*"', 'HEAD', '--', 'messages')
  ).split('\n');
  expect(texts.filter(Boolean)).toHaveLength(MESSAGES);
  expect(new Set(texts.filter(Boolean)).size).toBe(MESSAGES);
  const subjects = await git(clone, 'log', '--reverse', '--format=%s', '--', 'messages');
  expect(subjects.split('\n').filter(Boolean)).toEqual(
    Array.from({ length: MESSAGES }, (_, id) => `number ${id}`),
  );
  expect(await git(clone, 'ls-tree', '-r', '--name-only', 'HEAD', '--', 'attachments')).toContain(
    hashOf(photo),
  );
  expect(await git(clone, 'fsck', '--strict', '--no-dangling')).toBe('');
});
