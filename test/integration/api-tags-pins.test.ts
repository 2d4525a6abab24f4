import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, commitOf, expected, type Message, problemOf } from '../support/api.ts';
import { git } from '../support/git.ts';
import { type Here, startHere } from '../support/here.ts';
import { linesOfCommit } from '../support/journal.ts';

let gitpost: Here;
let api: Api;
let clone: string;

beforeAll(async () => {
  gitpost = await startHere();
  api = gitpost.api;
  clone = join(gitpost.folder, 'repos', 'messages');
});
afterAll(() => gitpost.stop());

const patch = async (id: string, body: unknown): Promise<Message> =>
  expected<Message>(await api.send('PATCH', `/messages/${id}`, { json: body }), 200);

/** The line that a commit brought, as plain git has it. */
async function lineOf(message: Message): Promise<string> {
  const [line] = await linesOfCommit(clone, commitOf(message));
  return line?.raw ?? '';
}

describe('tags besides the text, and pins', () => {
  test('are written in the order of the format, lower-cased and each once', async () => {
    const message = await api.create({ text: 'Plan #a', tags: ['Work', 'a', 'work'], pinned: true });
    expect(message).toMatchObject({ tags: ['a', 'work'], pinned: true });
    expect(await lineOf(message)).toMatch(
      /"text":"Plan #a","tags":\["work","a"\],"pinned":true,"createdAt":/,
    );
    const [first] = expected<Array<Message>>(await api.send('GET', `/messages/${message.id}/history`), 200);
    expect(first).toMatchObject({ tags: ['work', 'a'], pinned: true });
  });

  test('are left out if there are none', async () => {
    const message = await api.create({ text: 'Plain', tags: [], pinned: false });
    expect(message).not.toHaveProperty('pinned');
    expect(await lineOf(message)).not.toMatch(/tags|pinned/);
  });

  test('change, stay and go by edits', async () => {
    const { id } = await api.create({ text: 'One', tags: ['x'] });
    expect(await patch(id, { pinned: true })).toMatchObject({ revision: 2, tags: ['x'], pinned: true });
    expect(await patch(id, { pinned: true, tags: ['X'] })).toMatchObject({ revision: 2 });
    expect(await patch(id, { text: 'Two' })).toMatchObject({ revision: 3, tags: ['x'], pinned: true });
    const bare = await patch(id, { pinned: false, tags: [] });
    expect(bare).toMatchObject({ revision: 4, tags: [] });
    expect(bare).not.toHaveProperty('pinned');
    expect(await lineOf(bare)).not.toMatch(/tags|pinned/);
    expect(await patch(id, { pinned: false, tags: [] })).toMatchObject({ revision: 4 });
  });

  test('come back with a deleted message', async () => {
    const { id } = await api.create({ text: 'Gone', tags: ['kept'], pinned: true });
    expect((await api.send('DELETE', `/messages/${id}`)).status).toBe(204);
    expect(await patch(id, {})).toMatchObject({ text: 'Gone', tags: ['kept'], pinned: true });
  });

  test('count when a message is sent again', async () => {
    const draft = { id: randomUUID(), text: 'Again', tags: ['One', 'two'], pinned: true };
    await api.create(draft);
    expected(await api.post(draft), 200);
    expected(await api.post({ ...draft, tags: ['one', 'two'] }), 200);
    for (const other of [{ tags: ['one'] }, { pinned: false }, { tags: [] }]) {
      problemOf(await api.post({ ...draft, ...other }), 409);
    }
  });

  test('are found by search, and by the parameter', async () => {
    const { id } = await api.create({ text: 'Nothing to see', tags: ['hidden-tag'] });
    for (const query of ['?tag=hidden-tag', '?q=tag:hidden-tag']) {
      const found = expected<Message[]>(await api.send('GET', `/messages${query}`), 200);
      expect(found.map((message) => message.id)).toEqual([id]);
    }
  });

  test('are refused if they are no tags, or too many', async () => {
    const wrong = [
      ['a b'],
      ['#a'],
      [''],
      ['x'.repeat(65)],
      [1],
      'x',
      Array.from({ length: 21 }, (_, n) => `t${n}`),
    ];
    for (const tags of wrong) {
      const { errors } = problemOf(await api.post({ text: 'x', tags }), 400);
      expect(
        errors?.map(({ field }) => field),
        JSON.stringify(tags),
      ).toEqual(['tags']);
    }
  });

  test('a bulk takes them, too', async () => {
    const raw = `${JSON.stringify({ text: 'In bulk', tags: ['Bulk'], pinned: true })}\n`;
    const headers = { 'Content-Type': 'application/x-ndjson' };
    const answer = await api.send('POST', '/messages', { raw, headers });
    expect(JSON.parse(answer.text)).toMatchObject({ status: 201, message: { tags: ['bulk'], pinned: true } });
    expect(await git(clone, 'log', '-1', '--format=%s')).toBe('In bulk');
  });
});
