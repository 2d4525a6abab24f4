import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitOf, deliveryTo, type RepositoryStatus } from '../support/api.ts';
import { cloneOf, commitFile, git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { hub, judgeFailure, NAME, pull, push, read, username } from '../support/hub.ts';
import { journalLines, lineOf } from '../support/journal.ts';
import { eventually } from '../support/wait.ts';

describe('the first clone', () => {
  test('of an empty remote begins with nothing, and the first push makes the branch', async () => {
    const { machine, bare } = await hub();
    const { api, clone } = await machine('one');
    expect(await api.messages()).toEqual([]);
    await eventually(async () => (await api.repository(NAME)).state === 'ready');
    const messages = [await api.create({ text: 'One' }), await api.create({ text: 'Two' })];
    expect(await api.repository(NAME)).toMatchObject({
      name: NAME,
      branch: 'main',
      primary: true,
      messages: 2,
      ahead: 2,
      behind: 0,
      remoteHead: null,
      state: 'ready',
    });
    for (const message of messages) expect(deliveryTo(message, NAME).state).toBe('committed');

    const head = await git(clone, 'rev-parse', 'main');
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 2, pulled: 0, head });
    expect(await git(bare, 'rev-parse', 'main')).toBe(head);
    expect(await git(bare, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    await git(bare, 'fsck', '--strict');
    const status = await api.repository(NAME);
    expect(status).toMatchObject({ ahead: 0, behind: 0, head, remoteHead: head, error: null });
    expect(Date.parse(status.lastSync as string)).toBeGreaterThan(Date.now() - 10_000);
    for (const { id } of messages) {
      expect(deliveryTo(await api.message(id), NAME).state).toBe('pushed');
    }
    expect(await push(api)).toMatchObject({ status: 'up-to-date', pushed: 0, pulled: 0 });
    expect(await pull(api)).toMatchObject({ status: 'up-to-date', pushed: 0, pulled: 0 });
    const edited = await api.edit(messages[0]?.id as string, { text: 'Edited' });
    expect(deliveryTo(edited, NAME).state).toBe('committed');
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 1 });
  });

  test('of one with other content takes its branch and leaves what is there', async () => {
    const { folder, machine, bare } = await hub({ branch: 'trunk' });
    const person = await cloneOf(bare, join(folder, 'person'));
    const id = randomUUID();
    await commitFile(person, 'README.md', '# Notes\n', 'Read me');
    const journal = 'messages/by-hand.jsonl';
    await commitFile(
      person,
      journal,
      `${lineOf({ id, text: 'By hand', author: 'Ann' })}\nbroken\n`,
      'By hand',
    );
    await git(person, 'push', '-q', 'origin', 'trunk', 'trunk:refs/heads/main');
    const tip = await git(person, 'rev-parse', 'trunk');

    const { api, clone } = await machine('one');
    const [message, ...more] = await api.messages();
    expect([message?.id, message?.text, more]).toEqual([id, 'By hand', []]);
    expect(await api.repository(NAME)).toMatchObject({
      branch: 'trunk',
      ahead: 0,
      head: tip,
      remoteHead: tip,
    });
    expect((await api.repository(NAME)).problems).toContainEqual({
      file: journal,
      line: 2,
      reason: expect.any(String),
    });
    expect(await git(clone, 'symbolic-ref', '--short', 'HEAD')).toBe('trunk');
    await eventually(async () => existsSync(join(clone, 'README.md')));

    await api.create({ text: 'Ours' });
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await git(bare, 'rev-parse', 'trunk^')).toBe(tip);
    expect(await git(bare, 'rev-parse', 'main')).toBe(tip);
    expect(await git(bare, 'show', 'trunk:README.md')).toBe('# Notes');
  });

  test('that can not be made yet: what was captured joins at the next push', async () => {
    const { folder, server, machine, bare, reopen } = await hub({ branch: 'trunk' });
    const person = await cloneOf(bare, join(folder, 'person'));
    await commitFile(person, 'README.md', '# Notes\n', 'Read me');
    const other = randomUUID();
    await commitFile(
      person,
      'messages/x.jsonl',
      `${lineOf({ id: other, text: 'There before' })}\n`,
      'Before',
    );
    await git(person, 'push', '-q', 'origin', 'trunk');
    await server.close();

    const { api, clone } = await machine('one');
    const message = await api.create({ text: 'Captured without a network' });
    expect(await git(clone, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    await judgeFailure(api, await push(api), 'offline');

    await reopen();
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 2, pulled: 1 });
    expect(await api.repository(NAME)).toMatchObject({ branch: 'trunk', state: 'ready', ahead: 0 });
    expect(await git(clone, 'symbolic-ref', '--short', 'HEAD')).toBe('trunk');
    expect(await git(bare, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/trunk');
    const parents = (await git(bare, 'log', '-1', '--format=%P', 'trunk')).split(' ');
    expect(parents).toContain(await git(person, 'rev-parse', 'trunk'));
    await git(bare, 'merge-base', '--is-ancestor', commitOf(message, NAME), 'trunk');
    expect(commitOf(await api.message(message.id), NAME)).toBe(commitOf(message, NAME));
    expect((await api.messages()).map(({ id }) => id)).toContain(other);
    await eventually(async () => existsSync(join(clone, 'README.md')));
    await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
    await git(bare, 'fsck', '--strict');
  });

  test('after captures, beside a branch of a person that has the name: nothing is renamed', async () => {
    const { folder, server, machine, bare, reopen } = await hub({ branch: 'trunk' });
    const person = await cloneOf(bare, join(folder, 'person'));
    await commitFile(person, 'README.md', '# Notes\n', 'Read me');
    await git(person, 'push', '-q', 'origin', 'trunk');
    await server.close();
    const { api, clone } = await machine('one');
    await api.create({ text: 'x' });
    await git(clone, 'branch', 'trunk', 'main');
    await reopen();
    const result = await push(api);
    await judgeFailure(api, result, 'conflicted');
    expect(result.action).toContain('trunk');
    expect((await api.repository(NAME)).branch).toBe('main');
    expect(await git(clone, 'rev-parse', 'trunk')).toBe(await git(clone, 'rev-parse', 'main~1'));
  });
});

describe('a person who begins with nothing', () => {
  test('adds GitHub later and takes all messages along', async () => {
    const { folder, env, server, bare } = await hub();
    const own = join(folder, 'home-machine');
    const first = await startHere({ folder: own });
    const { api } = first;
    const messages = [await api.create({ text: 'One' }), await api.create({ text: 'Two' })];
    await api.edit(messages[0]?.id as string, { text: 'One, edited' });
    expect(await api.sync('push')).toMatchObject({ status: 'pushed', pushed: 2 });
    messages.push(await api.create({ text: 'Three' }));
    const before = await read(api);
    const commits = (await api.messages()).map((message) => commitOf(message));
    await first.stop();

    const { api: next } = await startHere({ folder: own, env });
    expect(await read(next)).toEqual(before);
    expect((await next.messages()).map((message) => commitOf(message, NAME))).toEqual(commits);
    expect((await readdir(join(own, 'repos'))).filter((name) => !name.startsWith('.'))).toEqual([NAME]);
    const [status, ...more] = (await next.get('/repositories')).json<RepositoryStatus[]>();
    expect(more).toEqual([]);
    expect(status).toMatchObject({ name: NAME, primary: true, url: `${server.url}/${username}/${NAME}.git` });
    for (const message of await next.messages()) expect(deliveryTo(message, NAME).state).toBe('committed');

    expect(await push(next)).toMatchObject({ status: 'pushed', pushed: 3 });
    expect((await journalLines(bare)).map(({ value }) => value.text).sort()).toEqual([
      'One',
      'One, edited',
      'Three',
      'Two',
    ]);
    for (const commit of commits) await git(bare, 'merge-base', '--is-ancestor', commit, 'main');
    expect(await read(next)).toEqual(before);
  });

  test('moves to a GitHub repository that has something in it already', async () => {
    const { folder, env, bare } = await hub({ branch: 'trunk' });
    const person = await cloneOf(bare, join(folder, 'person'));
    await commitFile(person, 'README.md', '# Notes\n', 'Read me');
    await git(person, 'push', '-q', 'origin', 'trunk');
    const own = join(folder, 'home-machine');
    const first = await startHere({ folder: own });
    const message = await first.api.create({ text: 'One' });
    await first.api.sync('push');
    await first.stop();
    const { api } = await startHere({ folder: own, env });
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await api.repository(NAME)).toMatchObject({ state: 'ready', branch: 'trunk' });
    expect(await git(bare, 'show', 'trunk:README.md')).toBe('# Notes');
    await git(bare, 'merge-base', '--is-ancestor', commitOf(message), 'trunk');
  });
});
