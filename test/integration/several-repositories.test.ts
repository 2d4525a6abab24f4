import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Api,
  commitOf,
  deliveryTo,
  expected,
  type Message,
  problemOf,
  type RepositoryStatus,
} from '../support/api.ts';
import { leaveLock } from '../support/clone-state.ts';
import { commitFile, git } from '../support/git.ts';
import { type Here, startHere } from '../support/here.ts';
import { journalLines, linesOfCommit } from '../support/journal.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

interface Scene {
  gitpost: Here;
  api: Api;
  clone(name: string): string;
}

async function scene(env: Record<string, string> = {}, folder?: string): Promise<Scene> {
  const options = folder === undefined ? {} : { folder };
  const settings = { AUTHOR_NAME: 'Ann', REPOSITORIES: 'second,third', ...env };
  const gitpost = await startHere({ ...options, env: settings });
  const { api } = gitpost;
  await api.messages();
  return { gitpost, api, clone: (name) => join(gitpost.folder, 'repos', name) };
}

const placesOf = (message: Message) => message.deliveries.map(({ repository }) => repository).sort();

/** The lines of one message in one repository, as raw git has them. */
async function linesIn(clone: string, id: string): Promise<string[]> {
  const lines = await journalLines(clone).catch(() => []);
  return lines.filter(({ value }) => value.id === id).map(({ raw }) => raw);
}

const headOf = (clone: string) => git(clone, 'rev-parse', '--verify', '-q', 'main').catch(() => '');

/** Makes a repository unsafe, as a person could: `messages` becomes something else than a folder. */
async function makeUnsafe({ api, clone }: Scene, name: string): Promise<void> {
  await eventually(async () => (await git(clone(name), 'status', '--porcelain')) === '');
  await git(clone(name), 'rm', '-r', '-q', '--ignore-unmatch', 'messages');
  await rm(join(clone(name), 'messages'), { recursive: true, force: true });
  await commitFile(clone(name), 'messages', 'no folder\n', 'A file');
  await eventually(async () => (await api.repository(name)).state === 'unsafe');
}

async function mend({ api, clone }: Scene, name: string): Promise<void> {
  await eventually(async () => (await git(clone(name), 'status', '--porcelain')) === '');
  await git(clone(name), 'revert', '--no-edit', 'HEAD');
  await eventually(async () => (await api.repository(name)).state === 'ready');
}

describe('a message for several repositories', () => {
  test('has the same line in each, and a commit of its own', async () => {
    const { api, clone } = await scene();
    const message = await api.create({ text: 'For two', repositories: ['third', 'messages', 'third'] });
    expect(placesOf(message)).toEqual(['messages', 'third']);
    const lines = await Promise.all(
      ['messages', 'third'].map(async (name) => {
        const added = await linesOfCommit(clone(name), commitOf(message, name));
        expect(added).toHaveLength(1);
        return added[0]?.raw;
      }),
    );
    expect(lines[0]).toBe(lines[1]);
    expect(await headOf(clone('second'))).toBe('');
    expect(await api.messages('?repository=third')).toEqual([message]);
    expect(await api.messages('?repository=second')).toEqual([]);
    expect(await api.messages()).toEqual([message]);

    const all = await api.create({ text: 'For all', repositories: 'all' });
    expect(placesOf(all)).toEqual(['messages', 'second', 'third']);
    const status = (await api.get('/repositories')).json<RepositoryStatus[]>();
    expect(status.map(({ name, messages, primary }) => [name, messages, primary]).sort()).toEqual([
      ['messages', 2, true],
      ['second', 1, false],
      ['third', 2, false],
    ]);
  });

  test('goes to the primary alone if nobody says more, and to all if DEFAULT_TARGET does', async () => {
    const [one, all] = await Promise.all([scene(), scene({ DEFAULT_TARGET: 'all' })]);
    expect(placesOf(await one.api.create({ text: 'x' }))).toEqual(['messages']);
    expect(placesOf(await all.api.create({ text: 'x' }))).toEqual(['messages', 'second', 'third']);
    expect(placesOf(await all.api.create({ text: 'x', repositories: ['second'] }))).toEqual(['second']);
  });

  test('is changed and deleted in all that hold it, and in no other', async () => {
    const { api, clone } = await scene();
    const { id } = await api.create({ text: 'Before', repositories: ['messages', 'third'] });
    const second = await headOf(clone('second'));
    const edited = await api.edit(id, { text: 'After' });
    expect(placesOf(edited)).toEqual(['messages', 'third']);
    for (const { state } of edited.deliveries) expect(state).toBe('committed');
    expect((await api.delete(id)).status).toBe(204);
    const back = await api.edit(id, {});
    expect(placesOf(back)).toEqual(['messages', 'third']);
    const [first, third] = [await linesIn(clone('messages'), id), await linesIn(clone('third'), id)];
    expect(first).toHaveLength(4);
    expect(third).toEqual(first);
    expect(await headOf(clone('second'))).toBe(second);
    for (const revision of await api.history(id)) {
      expect(revision.commits.map(({ repository }) => repository).sort()).toEqual(['messages', 'third']);
    }
  });

  test('gets all its lines in one that is named later', async () => {
    const { api, clone } = await scene();
    const id = randomUUID();
    await api.create({ id, text: 'One' });
    await api.edit(id, { text: 'Two' });
    await api.delete(id);
    await api.edit(id, { text: 'Three' });
    const answer = await api.post({ id, text: 'One', repositories: ['second', 'third'] });
    expect(placesOf(expected<Message>(answer, 200))).toEqual(['messages', 'second', 'third']);
    const own = await linesIn(clone('messages'), id);
    expect(own).toHaveLength(4);
    for (const name of ['second', 'third']) {
      expect(await linesIn(clone(name), id)).toEqual(own);
      expect(await git(clone(name), 'rev-list', '--count', 'main')).toBe('4');
    }
  });

  test('is refused as a whole if a name is unknown', async () => {
    const { api, clone } = await scene();
    problemOf(await api.post({ text: 'x', repositories: ['messages', 'nowhere'] }), 404);
    problemOf(await api.post({ text: 'x', repositories: ['Messages'] }), 404);
    problemOf(await api.post({ text: 'x', repositories: ['__proto__'] }), 404);
    for (const name of ['messages', 'second', 'third']) expect(await headOf(clone(name))).toBe('');
  });
});

describe('a repository that refuses', () => {
  test('spoils no other: 503 with what was done, and the same id completes the rest', async () => {
    const made = await scene();
    const { api, clone } = made;
    await api.create({ text: 'Before', repositories: 'all' });
    await makeUnsafe(made, 'second');
    const before = await headOf(clone('second'));

    const draft = { id: randomUUID(), text: 'For all', repositories: ['messages', 'second', 'third'] };
    const problem = problemOf(await api.post(draft), 503);
    expect(problem.id).toBe(draft.id);
    expect(problem.deliveries?.map(({ repository, state }) => [repository, state]).sort()).toEqual([
      ['messages', 'committed'],
      ['third', 'committed'],
    ]);
    expect(problem.detail).toContain('second');
    expect(await headOf(clone('second'))).toBe(before);
    for (const { repository, commit } of problem.deliveries ?? []) {
      const [line] = await linesOfCommit(clone(repository), commit as string);
      expect(line?.value.id).toBe(draft.id);
    }
    const again = problemOf(await api.post(draft), 503);
    expect(again.deliveries).toHaveLength(2);

    await mend(made, 'second');
    const answer = await api.post(draft);
    expect([200, 201]).toContain(answer.status);
    expect(placesOf(answer.json<Message>())).toEqual(['messages', 'second', 'third']);
    for (const name of ['messages', 'second', 'third']) {
      expect(await linesIn(clone(name), draft.id)).toHaveLength(1);
    }
    expect((await api.post(draft)).status).toBe(200);
  });

  test('alone is answered 503, and nothing is written there', async () => {
    const made = await scene({ REPOSITORIES: 'second' });
    const { api, clone } = made;
    await api.create({ text: 'Before', repositories: 'all' });
    await makeUnsafe(made, 'messages');
    const before = await headOf(clone('messages'));
    const problem = problemOf(await api.post({ text: 'x' }), 503);
    expect(problem.deliveries ?? []).toEqual([]);
    expect(problem.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await headOf(clone('messages'))).toBe(before);
    expect((await api.create({ text: 'x', repositories: ['second'] })).deliveries).toHaveLength(1);
    expect((await api.get('/health')).json<{ status: string }>().status).toBe('degraded');
    await mend(made, 'messages');
    await api.create({ text: 'Here again' });
  });

  test('by a link never leads out of the clone', async () => {
    const made = await scene({ REPOSITORIES: 'second' });
    const { api, clone } = made;
    const outside = await temporaryFolder();
    await mkdir(join(outside, '2026'));
    await symlink(outside, join(clone('second'), 'messages'));
    await git(clone('second'), 'add', 'messages');
    await git(clone('second'), 'commit', '-q', '-m', 'A link');
    await eventually(async () => (await api.repository('second')).state === 'unsafe');
    problemOf(await api.post({ text: 'x', repositories: ['second'] }), 503);
    const message = await api.create({ text: 'x' });
    expect(placesOf(message)).toEqual(['messages']);
    expect(await readdir(outside, { recursive: true })).toEqual(['2026']);
  });

  test('is outdated after an edit, and is brought up at the next sync', async () => {
    const made = await scene({ REPOSITORIES: 'second' });
    const { api, clone } = made;
    const { id } = await api.create({ text: 'Before', repositories: 'all' });
    await makeUnsafe(made, 'second');
    // In `second` the lines are out of the branch now; give it its line back, and take away that it can be written.
    await mend(made, 'second');
    await eventually(async () => placesOf(await api.message(id)).includes('second'));
    const before = await api.message(id);
    await git(clone('second'), 'update-ref', 'refs/heads/held', 'main');
    await leaveLock(clone('second'), 'refs/heads/main.lock');
    const problem = problemOf(await api.patch(id, { text: 'After' }), 503);
    expect(problem.id).toBe(id);
    const now = await api.message(id);
    expect(now).toMatchObject({ text: 'After', revision: 2 });
    expect(deliveryTo(now, 'messages').state).toBe('committed');
    expect(deliveryTo(now, 'second')).toEqual({
      repository: 'second',
      commit: commitOf(before, 'second'),
      state: 'outdated',
    });

    await rm(join(clone('second'), '.git/refs/heads/main.lock'));
    expect((await api.sync('push', 'second')).status).toBe('pushed');
    const healed = await api.message(id);
    expect(deliveryTo(healed, 'second').state).toBe('pushed');
    const [own, other] = [await linesIn(clone('messages'), id), await linesIn(clone('second'), id)];
    expect(other).toEqual(own);
    await linesOfCommit(clone('second'), commitOf(healed, 'second'));
  });

  test('at first is gone on with, and no repository that came later', async () => {
    const folder = await temporaryFolder();
    const settings = { DEFAULT_TARGET: 'all', REPOSITORIES: 'second' };
    const made = await scene(settings, folder);
    await made.api.create({ text: 'Before' });
    await makeUnsafe(made, 'second');
    const draft = { id: randomUUID(), text: 'For both' };
    problemOf(await made.api.post(draft), 503);
    await made.gitpost.stop();

    const next = await scene({ ...settings, REPOSITORIES: 'second,third' }, folder);
    await mend(next, 'second');
    const answer = await next.api.post(draft);
    expect([200, 201], answer.text).toContain(answer.status);
    expect(placesOf(answer.json<Message>())).toEqual(['messages', 'second']);
    expect(placesOf(await next.api.create({ text: 'Later' }))).toEqual(['messages', 'second', 'third']);
  });
});

describe('one message in clones that differ', () => {
  test('is one fold over the lines of all', async () => {
    const { api, clone } = await scene({ REPOSITORIES: 'second' });
    const { id } = await api.create({ text: 'Before', repositories: 'all' });
    await eventually(async () => (await git(clone('second'), 'status', '--porcelain')) === '');
    const edited = await api.edit(id, { text: 'After' });
    await eventually(async () => (await git(clone('second'), 'status', '--porcelain')) === '');
    // A person takes the edit out of the second by a commit of their own.
    await git(clone('second'), 'revert', '--no-edit', commitOf(edited, 'second'));
    const message = await eventually(async () => {
      const now = await api.message(id);
      return deliveryTo(now, 'second').state === 'outdated' && now;
    });
    expect(message).toMatchObject({ text: 'After', revision: 2 });
    expect(deliveryTo(message, 'messages').state).toBe('committed');
  });
});
