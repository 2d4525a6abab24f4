import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, apiAt, problemOf } from '../support/api.ts';
import { git } from '../support/git.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';

// In two parts, so that nobody takes this file for a leak. The shortest field has room for it.
const secret = `${'ghp'}_${'a1B2'.repeat(9)}`;

let gitpost: GitpostProcess;
let api: Api;

beforeAll(async () => {
  gitpost = await startProcess();
  api = apiAt(gitpost.url);
});
afterAll(() => gitpost.stop());

const drafts: Array<[string, object]> = [
  ['the text', { text: `Look: ${secret}` }],
  ['a long text', { text: `${'word '.repeat(12_000)}${secret}` }],
  ['the author', { text: 'x', author: secret }],
  ['the language', { text: 'x', type: 'code', language: secret }],
  ['the address', { text: 'x', type: 'link', url: `https://example.org/?t=${secret}` }],
  ['the password of an address', { text: 'x', type: 'link', url: 'https://ann:s3cret@example.org/' }],
];

test.each(drafts)('a credential in %s is asked about, and named by its kind alone', async (_where, draft) => {
  const { id } = await api.create({ text: 'Harmless' });
  const [result] = await api.bulk([draft]);
  expect(result).toMatchObject({ status: 422, problem: { status: 422 } });
  const answers = [await api.post(draft), await api.patch(id, draft)];
  for (const answer of answers) {
    const problem = problemOf(answer, 422) as { detail: string; seen?: string[] };
    expect(problem.detail).toContain('"confirm": true');
    expect(problem.seen).toEqual([expect.stringMatching(/^a (GitHub token|URL with a password)$/)]);
  }
  for (const said of [JSON.stringify(result), ...answers.map(({ text }) => text)])
    expect(said).not.toMatch(/a1B2a1B2|s3cret/);
  expect((await api.message(id)).revision).toBe(1);
  const everything = await git(join(gitpost.folder, 'repos', 'messages'), 'log', '-p', '--all');
  expect(everything).not.toMatch(/a1B2a1B2|s3cret/);
  expect(gitpost.stderr()).not.toMatch(/a1B2a1B2|s3cret/);
});

test.each(drafts)('a credential in %s is saved if that is confirmed', async (_where, draft) => {
  const { id } = await api.create({ ...draft, confirm: true });
  // What is there already needs no second question.
  expect((await api.patch(id, { text: 'Only the text' })).status).toBe(200);
  expect((await api.patch(id, { ...draft, confirm: true })).status).toBe(200);
  const [result] = await api.bulk([{ ...draft, confirm: true }]);
  expect(result?.status).toBe(201);
});

test('nobody is asked if SECRET_GUARD is off', async () => {
  const other = await startProcess({ env: { SECRET_GUARD: 'off' } });
  const free = apiAt(other.url);
  for (const [, draft] of drafts) {
    const { id } = await free.create(draft);
    expect((await free.patch(id, { text: `Again: ${secret}` })).status).toBe(200);
  }
});
