import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Api, Message } from '../support/api.ts';
import { locksIn } from '../support/clone-state.ts';
import { bareRepository, git } from '../support/git.ts';
import { journalLines } from '../support/journal.ts';
import { rounds } from '../support/rounds.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const WRITERS = rounds(3, 6);

async function scene() {
  const folder = await temporaryFolder();
  const { api, troubles } = await startSmallApp(folder);
  const url = await bareRepository(join(folder, 'notes.git'));
  const add = () => api.send('POST', '/repositories', { json: { url, name: 'notes' } });
  expect((await add()).status).toBe(202);
  await eventually(async () => (await api.repository('notes')).state !== 'cloning');
  return { folder, api, troubles, add, clone: (name: string) => join(folder, 'repos', name) };
}

/** Writes without a pause to the repository that `name` says, until it is told to stop; answers what was answered 201. */
function writers(api: Api, name: () => string) {
  const answered: Message[] = [];
  const refusals: { status: number; text: string }[] = [];
  let isOver = false;
  const write = async (writer: number) => {
    for (let n = 0; !isOver; n += 1) {
      const answer = await api.post({ text: `Writer ${writer}, message ${n}`, repositories: [name()] });
      if (answer.status === 201) answered.push(answer.json<Message>());
      else refusals.push({ status: answer.status, text: answer.text });
    }
  };
  const all = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  const stop = async () => {
    isOver = true;
    await all;
    return { answered, refusals };
  };
  return { answered, stop };
}

/** Judges that nothing which was answered is missing, nothing is locked, and every refusal was in words. */
async function judge(
  { api, troubles }: { api: Api; troubles: unknown[] },
  clone: string,
  { answered, refusals }: Awaited<ReturnType<ReturnType<typeof writers>['stop']>>,
) {
  expect(answered.length).toBeGreaterThan(0);
  for (const { status, text } of refusals) {
    expect([404, 503], text).toContain(status);
    expect(text).toMatch(/is being closed|There is no repository|try again|Send it again/);
  }
  const held = new Set((await journalLines(clone)).map(({ value }) => value.id));
  expect(answered.filter(({ id }) => !held.has(id))).toEqual([]);
  await git(clone, 'fsck', '--strict', '--no-dangling');
  await eventually(async () => (await locksIn(clone)).length === 0);
  expect(troubles).toEqual([]);
  const [name = ''] = clone.split('/').slice(-1);
  await api.create({ text: 'After', repositories: [name] });
}

test('many new names while several write lose nothing and leave nothing locked', async () => {
  const made = await scene();
  const { api } = made;
  let name = 'notes';
  const load = writers(api, () => name);
  for (let n = 0; n < rounds(6, 20); n += 1) {
    const before = load.answered.length;
    await eventually(async () => load.answered.length > before);
    const next = n % 2 === 0 ? `Notes-${n}` : `notes-${n}`;
    const renamed = await api.send('PATCH', `/repositories/${name}`, { json: { name: next } });
    expect(renamed.status, renamed.text).toBe(200);
    name = next;
  }
  const written = await load.stop();
  await judge(made, made.clone(name), written);
  const listed = new Set((await api.messages(`?repository=${name}`)).map(({ id }) => id));
  expect(written.answered.filter(({ id }) => !listed.has(id))).toEqual([]);
});

test('reads never miss the messages of a repository that gets another name', async () => {
  const { api } = await scene();
  for (let n = 0; n < 20; n += 1) await api.create({ text: `Message ${n}`, repositories: ['notes'] });
  const renaming = api.send('PATCH', '/repositories/notes', { json: { name: 'diary' } });
  let isOver = false;
  const over = renaming.finally(() => {
    isOver = true;
  });
  while (!isOver) expect(await api.messages()).toHaveLength(20);
  expect((await over).status).toBe(200);
  expect(await api.messages('?repository=diary')).toHaveLength(20);
});

test('removing and adding again while several write loses nothing', async () => {
  const made = await scene();
  const { api, add } = made;
  const load = writers(api, () => 'notes');
  for (let n = 0; n < rounds(3, 6); n += 1) {
    const before = load.answered.length;
    await eventually(async () => load.answered.length > before);
    expect((await api.send('DELETE', '/repositories/notes')).status).toBe(204);
    expect((await add()).status).toBe(202);
  }
  await judge(made, made.clone('notes'), await load.stop());
});

test('changing the branch while several write loses nothing', async () => {
  const made = await scene();
  const { api } = made;
  const load = writers(api, () => 'notes');
  for (let n = 0; n < rounds(5, 10); n += 1) {
    const before = load.answered.length;
    await eventually(async () => load.answered.length > before);
    const changed = await api.send('PATCH', '/repositories/notes', { json: { branch: `branch-${n}` } });
    expect(changed.status, changed.text).toBe(200);
  }
  const { answered, refusals } = await load.stop();
  expect(refusals).toEqual([]);
  const clone = made.clone('notes');
  const held = await git(clone, 'log', '--all', '--format=%H');
  for (const { deliveries } of answered) expect(held).toContain(deliveries[0]?.commit);
  const listed = new Set((await api.messages()).map(({ id }) => id));
  expect(answered.filter(({ id }) => !listed.has(id))).toEqual([]);
});

test('another case alone is a new name, and a folder of that name is not written over', async () => {
  const { api, clone } = await scene();
  await api.create({ text: 'Before', repositories: ['notes'] });
  const renamed = await api.send('PATCH', '/repositories/notes', { json: { name: 'Notes' } });
  expect(renamed.status, renamed.text).toBe(200);
  await api.create({ text: 'After', repositories: ['Notes'] });
  expect(await journalLines(clone('Notes'))).toHaveLength(2);
  // Where the system ignores case, this is the clone itself.
  const isTwo = await stat(clone('NOTES')).then(
    () => false,
    () => true,
  );
  await mkdir(clone('NOTES')).catch(() => undefined);
  await writeFile(join(clone('NOTES'), 'mine.txt'), 'mine');
  const again = await api.send('PATCH', '/repositories/Notes', { json: { name: 'NOTES' } });
  expect(again.status, again.text).toBe(isTwo ? 409 : 200);
});

test('two new names at once are one after the other, and the second finds no such repository', async () => {
  const { api } = await scene();
  const answers = await Promise.all(
    ['one', 'two'].map((name) => api.send('PATCH', '/repositories/notes', { json: { name } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
});
