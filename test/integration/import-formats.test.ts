import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IMPORT_FORMATS } from '../../src/domain/formats.ts';
import type { Api } from '../support/api.ts';
import { command } from '../support/command.ts';
import { FIXTURES } from '../support/exports/fixtures.ts';
import { importFile } from '../support/exports/import.ts';
import { git } from '../support/git.ts';
import { scratchFolder } from '../support/scratch.ts';
import { startSmallApp } from '../support/small-app.ts';

let api: Api;
let folder: string;
let end: () => Promise<void>;

beforeAll(async () => {
  const scratch = await scratchFolder();
  folder = scratch.path;
  const app = await startSmallApp(folder);
  api = app.api;
  end = async () => {
    await app.close();
    await scratch.remove();
  };
});
afterAll(() => end());

const log = async () =>
  (await git(join(folder, 'repos', 'messages'), 'log', '--reverse', '--format=%an|%aI|%s', '--', 'messages'))
    .split('\n')
    .filter(Boolean);

test('there is an export of each format', () => {
  expect(FIXTURES.map(({ format }) => format).sort()).toEqual(
    IMPORT_FORMATS.filter((format) => format !== 'auto').sort(),
  );
});

test.each(FIXTURES)('$format: author, date, text and order are in the history, once', async (fixture) => {
  const bytes = await fixture.bytes();
  const query = new URLSearchParams({ name: fixture.name, ...(fixture.zone && { zone: fixture.zone }) });
  const before = await log().catch(() => []);
  const result = await importFile(api, `?${query}`, bytes);
  expect(result).toMatchObject({ format: fixture.format, attachments: fixture.files ?? 0, skipped: [] });
  expect((await log()).slice(before.length)).toEqual(fixture.log);
  const head = await git(join(folder, 'repos', 'messages'), 'rev-parse', 'HEAD');
  expect(await importFile(api, `?${query}`, bytes)).toMatchObject({ created: 0, updated: 0 });

  await mkdir(join(folder, fixture.format));
  const file = join(folder, fixture.format, fixture.name);
  await writeFile(file, bytes);
  const zone = fixture.zone ? ['--zone', fixture.zone] : [];
  const run = await command(folder, ['import', '--json', ...zone, file], {
    env: { GITPOST_URL: api.url },
  });
  expect(run).toMatchObject({ code: 0 });
  expect(JSON.parse(run.stdout)).toMatchObject({ format: fixture.format, created: 0, updated: 0 });
  expect(await git(join(folder, 'repos', 'messages'), 'rev-parse', 'HEAD')).toBe(head);
});
