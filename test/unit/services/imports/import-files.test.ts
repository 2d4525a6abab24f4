import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Attachments } from '../../../../src/services/attachments/attachments.ts';
import { ImportFiles } from '../../../../src/services/imports/import-files.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

/** A file that counts how often it is read. */
function countedFile(text: string) {
  const file = {
    reads: 0,
    size: text.length,
    read: async function* () {
      file.reads += 1;
      yield Buffer.from(text);
    },
  };
  return file;
}

async function filesIn(folder: string) {
  const kept: string[] = [];
  const incoming = join(folder, 'incoming');
  await mkdir(incoming);
  const attachments = {
    incoming,
    find: async () => undefined,
    keep: async (_path: string, { sha256 }: { sha256: string }) => {
      kept.push(sha256);
      return { ok: true, value: { isKnown: false } };
    },
  } as unknown as Attachments;
  return { kept, files: new ImportFiles(attachments, { most: 1000, guardsSecrets: true }), incoming };
}

test('a file that thousands of messages name is read and kept once', async () => {
  const { files, kept, incoming } = await filesIn(await temporaryFolder());
  const content = countedFile('milk');
  const named = Array.from({ length: 1000 }, (_, at) => ({ name: `${at}.txt`, content }));
  for (let round = 0; round < 3; round += 1) {
    const found = await files.take(named, new Set());
    expect(found).toMatchObject({ ok: true, value: { attachments: [{ name: '0.txt' }], notes: [] } });
  }
  expect([content.reads, kept.length]).toEqual([1, 1]);
  expect(await readdir(incoming)).toEqual([]);
  await files.examine(named);
  expect(content.reads).toBe(1);
});

test('the 21st file of a message is left out and named', async () => {
  const { files, kept } = await filesIn(await temporaryFolder());
  const many = Array.from({ length: 25 }, (_, at) => ({ name: `${at}.txt`, content: countedFile(`${at}`) }));
  const found = await files.take(many, new Set());
  expect(found.ok && found.value.attachments).toHaveLength(20);
  expect(found.ok && found.value.notes[0]).toEqual({ skipped: 'too-many-files', example: '20.txt' });
  expect(kept).toHaveLength(20);
});
