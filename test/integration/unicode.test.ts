import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ndjson, problemOf } from '../support/api.ts';
import { git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { eventually } from '../support/wait.ts';

/** Half of a surrogate pair, as JSON has it: programs that know Unicode refuse such JSON. */
const HALF = /\\ud[89a-f]/i;

const json = { 'Content-Type': 'application/json' };

test('half of a surrogate pair is refused in every field, and no answer repeats it', async () => {
  const api = (await startHere()).api;
  const id = randomUUID();
  await api.create({ id, text: 'Well' });
  const fields: ReadonlyArray<readonly [string, string, string, string]> = [
    ['POST', '/messages', '{"text":"a\\ud800b"}', 'text'],
    ['POST', '/messages', '{"text":"\\udfff"}', 'text'],
    ['POST', '/messages', '{"text":"a","author":"\\ud800"}', 'author'],
    ['POST', '/messages', '{"text":"a","type":"code","language":"\\ud800"}', 'language'],
    ['POST', '/messages', '{"text":"a","type":"link","url":"https://example.org/\\ud800"}', 'url'],
    ['POST', '/messages', '{"text":"a","type":"\\ud800"}', 'type'],
    ['POST', '/messages', '{"text":"a","replyTo":"\\ud800"}', 'replyTo'],
    ['POST', '/messages', '{"text":"a","repositories":["\\ud800"]}', 'repositories'],
    ['POST', '/messages', '{"text":"a","\\ud800":1}', '\ufffd'],
    ['PATCH', `/messages/${id}`, '{"text":"\\ud800"}', 'text'],
    ['PATCH', `/messages/${id}`, '{"author":"\\ud800"}', 'author'],
    ['POST', '/repositories', '{"url":"/tmp/\\ud800"}', 'url'],
    ['POST', '/repositories', '{"url":"/tmp/x","branch":"\\ud800"}', 'branch'],
    ['PATCH', '/repositories/messages', '{"branch":"\\ud800"}', 'branch'],
    ['POST', '/push', '{"repositories":["\\ud800"]}', 'repositories'],
  ];
  for (const [method, path, raw, field] of fields) {
    const answer = await api.send(method, path, { raw, headers: json });
    const problem = problemOf(answer, 400);
    expect(
      problem.errors?.map((error) => error.field),
      raw,
    ).toContain(field);
    expect(answer.text).not.toMatch(HALF);
  }
  const bulk = await api.send('POST', '/messages', {
    raw: '{"text":"\\ud800"}\n{"text":"\\ud83d\\ude00"}\n',
    headers: ndjson,
  });
  expect(bulk.text).not.toMatch(HALF);
  expect(bulk.text.match(/^\{"status":\d+/gm)).toEqual(['{"status":400', '{"status":201']);
  expect((await api.messages()).map(({ text }) => text)).toEqual(['😀', 'Well']);
});

test('a line of others that has one is shown with U+FFFD, and an edit of it is Unicode', async () => {
  const gitpost = await startHere();
  const { api } = gitpost;
  await api.create({ text: 'First' });
  const clone = join(gitpost.folder, 'repos', 'messages');
  const id = randomUUID();
  const line =
    `{"v":1,"id":"${id}","revision":1,"author":"A\\ud800","type":"text","text":"half \\udc00 of it",` +
    '"createdAt":"2026-01-01T00:00:00.000Z","more":{"\\ud800":"\\udc00"}}\n';
  await mkdir(join(clone, 'messages', '2026-01'), { recursive: true });
  await writeFile(join(clone, 'messages', '2026-01', 'other.2026-01-01.jsonl'), line);
  await git(clone, 'add', '.');
  await git(clone, '-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '-qm', 'By hand');
  const seen = await eventually(async () => (await api.messages()).find((message) => message.id === id));
  expect(seen).toMatchObject({ text: 'half \ufffd of it', author: 'A\ufffd' });
  await api.edit(id, { text: 'Whole again' });
  for (const path of ['/messages', `/messages/${id}`, `/messages/${id}/history`, '/stats', '/repositories']) {
    expect((await api.get(path)).text).not.toMatch(HALF);
  }
  expect(await git(clone, 'show', 'main:messages/2026-01/other.2026-01-01.jsonl')).toBe(line.trimEnd());
  const written = await git(clone, 'grep', '-h', 'Whole again', 'main', '--', 'messages');
  expect(written).not.toMatch(HALF);
  expect(JSON.parse(written)).toMatchObject({ author: 'A\ufffd', more: { '\ufffd': '\ufffd' } });
});
