import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bareRepository, git, log } from '../../support/git.ts';
import { journalPaths, linesOfCommit } from '../../support/journal.ts';
import { idOf, lineAfter, lineOf, timeAt } from '../../support/lines.ts';
import { type Managed, startManager } from '../../support/manager.ts';
import { lineNumber, pull, push, rawsIn, statusOf, textsOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';

describe('with nothing set', () => {
  test('a bare repository of its own is made, and a clone of it', async () => {
    const managed = await startManager(await temporaryFolder());
    expect(await git(managed.remote(), 'rev-parse', '--is-bare-repository')).toBe('true');
    expect(await git(managed.clone(), 'remote', 'get-url', 'origin')).toBe(managed.remote());
    expect(managed.manager.names()).toEqual(['messages']);
    expect(statusOf(managed)).toMatchObject({
      name: 'messages',
      branch: 'main',
      primary: true,
      messages: 0,
      ahead: 0,
      behind: 0,
      head: null,
      remoteHead: null,
      state: 'ready',
      problems: [],
      error: null,
    });
    expect(managed.troubles).toEqual([]);
  });

  test('a message is one commit, mirrored at once, in the words of the contract', async () => {
    const managed = await startManager(await temporaryFolder());
    const line = lineOf({ author: 'Zoë <z>', text: 'Hello #idea\nmore' });
    const commit = await managed.add(line);
    expect(await git(managed.clone(), 'rev-parse', 'main')).toBe(commit);
    expect((await linesOfCommit(managed.clone(), commit)).map(({ raw }) => raw)).toEqual([line.raw]);
    const format = '%an|%aI|%cn|%ce|%s|%(trailers:key=Message-Id,valueonly,separator=)';
    expect(await log(managed.clone(), format)).toEqual([
      `Zoë z|2026-11-22T10:00:00+00:00|Person|person@example.org|Hello #idea|${line.id}`,
    ]);
    const [path] = await journalPaths(managed.clone());
    expect(path).toMatch(/^messages\/2026-11\/[a-z0-9-]{1,32}\.2026-11-22\.jsonl$/);
    const [entry] = await managed.entries();
    expect([...(entry?.held.get(line.hash)?.commits ?? [])]).toEqual([['messages', commit]]);
    expect(statusOf(managed)).toMatchObject({ messages: 1, head: commit, remoteHead: null });
    await managed.close();
    expect(await git(managed.clone(), 'status', '--porcelain')).toBe('');
    expect(await git(managed.clone(), 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  test('a push brings it to the remote, once', async () => {
    const managed = await startManager(await temporaryFolder());
    const commits = [await managed.add(lineNumber(1)), await managed.add(lineNumber(2))];
    expect(statusOf(managed)?.ahead).toBe(2);
    expect(managed.manager.isPushed('messages', commits[0] as string)).toBe(false);
    expect(await push(managed)).toMatchObject({
      repository: 'messages',
      status: 'pushed',
      pushed: 2,
      pulled: 0,
      head: commits[1],
      detail: expect.stringMatching(/\S/),
      action: expect.stringMatching(/\S/),
    });
    expect(await git(managed.remote(), 'rev-parse', 'main')).toBe(commits[1]);
    expect(statusOf(managed)).toMatchObject({ ahead: 0, behind: 0, remoteHead: commits[1], state: 'ready' });
    expect(statusOf(managed)?.lastSync).toMatch(/^\d{4}-.*Z$/);
    for (const commit of commits) expect(managed.manager.isPushed('messages', commit)).toBe(true);
    expect(await push(managed)).toMatchObject({ status: 'up-to-date', pushed: 0, pulled: 0 });
    expect(await pull(managed)).toMatchObject({ status: 'up-to-date', pushed: 0, pulled: 0 });
  });

  test('a message with several revisions counts as one that was pushed', async () => {
    const managed = await startManager(await temporaryFolder());
    const first = lineNumber(1);
    for (const line of [first, lineAfter([first])]) await managed.add(line);
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 1 });
  });

  test('its own repository that is gone is made again and filled by the next push', async () => {
    const managed = await startManager(await temporaryFolder());
    await managed.add(lineNumber(1));
    await push(managed);
    await rm(managed.remote(), { recursive: true });
    const commit = await managed.add(lineNumber(2));
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 2 });
    expect(await git(managed.remote(), 'rev-parse', 'main')).toBe(commit);
    expect(await textsOf(managed)).toEqual(['message 2', 'message 1']);
  });

  test('the same line again is the same commit', async () => {
    const managed = await startManager(await temporaryFolder());
    const commit = await managed.add(lineNumber(1));
    expect(await managed.add(lineNumber(1))).toBe(commit);
    expect(await git(managed.clone(), 'rev-list', '--count', 'main')).toBe('1');
  });

  test('the same line by two ways at once is one commit', async () => {
    const managed = await startManager(await temporaryFolder());
    await managed.add(lineNumber(0));
    const twice = [1, 1, 2, 1].map((number) => managed.add(lineNumber(number)));
    expect(new Set(await Promise.all(twice)).size).toBe(2);
    expect(await git(managed.clone(), 'rev-list', '--count', 'main')).toBe('3');
    expect(await rawsIn(managed.clone())).toHaveLength(3);
  });

  test('many at once are a commit each, in one line of history', async () => {
    const managed = await startManager(await temporaryFolder());
    const lines = Array.from({ length: 120 }, (_, number) => lineNumber(number));
    const commits = await Promise.all(lines.map((line) => managed.add(line)));
    expect(new Set(commits).size).toBe(120);
    expect(await git(managed.clone(), 'rev-list', '--count', '--first-parent', 'main')).toBe('120');
    expect(new Set(await rawsIn(managed.clone()))).toEqual(new Set(lines.map(({ raw }) => raw)));
    expect(await textsOf(managed)).toHaveLength(120);
    for (const number of [0, 60, 119]) {
      const [line] = await linesOfCommit(managed.clone(), commits[number] as string);
      expect(line?.raw).toBe((lines[number] as (typeof lines)[number]).raw);
    }
  });

  test('a repository that is not there is a failure', async () => {
    const managed = await startManager(await temporaryFolder());
    expect(await managed.manager.capture('other', lineNumber(1))).toMatchObject({
      ok: false,
      failure: { code: 'unknown-repository' },
    });
    expect(await managed.manager.push(['other'])).toEqual([]);
  });
});

describe('a start after an end', () => {
  test('shows what was there, and continues in the same files', async () => {
    const root = await temporaryFolder();
    const first = await startManager(root);
    await first.add(lineNumber(1));
    await push(first);
    await first.close();
    const second = await startManager(root);
    expect(await textsOf(second)).toEqual(['message 1']);
    await second.add(lineNumber(2));
    expect(await journalPaths(second.clone())).toHaveLength(1);
    expect(statusOf(second)).toMatchObject({ ahead: 1, messages: 2, state: 'ready' });
    expect(second.heard.filter(({ type }) => type === 'message')).toEqual([]);
  });

  test('loses nothing if all of `data` is gone', async () => {
    const root = await temporaryFolder();
    const first = await startManager(root);
    const commits = [await first.add(lineNumber(1)), await first.add(lineNumber(2))];
    await push(first);
    const lastSync = statusOf(first)?.lastSync;
    await first.close();
    await rm(join(root, 'data'), { recursive: true });
    const second = await startManager(root);
    expect(await textsOf(second)).toEqual(['message 2', 'message 1']);
    expect(lastSync).toBeTruthy();
    const commitsOf = async () =>
      (await second.entries()).map(({ held }) =>
        [...held.values()].map(({ commits }) => commits.get('messages')),
      );
    await expect.poll(commitsOf, { timeout: 4000 }).toEqual([[commits[1]], [commits[0]]]);
    expect(await push(second)).toMatchObject({ status: 'pushed', pushed: 2 });
    expect(await git(second.remote(), 'rev-parse', 'main')).toBe(commits[1]);
  });

  test('makes the mirror again if a file of it is damaged', async () => {
    const root = await temporaryFolder();
    const first = await startManager(root);
    await first.add(lineNumber(1));
    await first.close();
    const mirror = join(root, 'data/mirror');
    for (const name of await readdir(mirror))
      if (name.startsWith('shard-')) await truncate(join(mirror, name), 10);
    const second = await startManager(root);
    const read = await second.manager.withMirror((database) => database.read(idOf(1)));
    expect(read).toMatchObject({ ok: true, value: { id: idOf(1) } });
    expect(await textsOf(second)).toEqual(['message 1']);
  });
});

describe('two programs with one remote', () => {
  async function pair(): Promise<[Managed, Managed, string]> {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'shared.git'));
    return [
      await startManager(join(folder, 'a'), [remote]),
      await startManager(join(folder, 'b'), [remote]),
      remote,
    ];
  }

  test('each gets what the other captured, and reports it once', async () => {
    const [a, b] = await pair();
    const commit = await a.add(lineNumber(1));
    expect(await push(a)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await pull(b)).toMatchObject({ status: 'pulled', pulled: 1, pushed: 0, head: commit });
    expect(await textsOf(b)).toEqual(['message 1']);
    const [entry] = await b.entries();
    expect([...(entry?.held.get(lineNumber(1).hash)?.commits ?? [])]).toEqual([['shared', commit]]);
    const told = b.heard.filter((event) => event.type === 'message');
    expect(told).toMatchObject([{ data: { change: 'created', message: { id: idOf(1) } } }]);
  });

  test('a message that is pulled after a start is counted and reported once, too', async () => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'shared.git'));
    const a = await startManager(join(folder, 'a'), [remote]);
    const earlier = await startManager(join(folder, 'b'), [remote]);
    await earlier.add(lineNumber(1));
    await push(earlier);
    await earlier.close();
    const b = await startManager(join(folder, 'b'), [remote]);
    await pull(a);
    await a.add(lineNumber(2));
    await push(a);
    expect(await pull(b)).toMatchObject({ status: 'pulled', pulled: 1 });
    expect(b.heard.filter((event) => event.type === 'message')).toHaveLength(1);
    expect(await textsOf(b)).toEqual(['message 2', 'message 1']);
  });

  test('have the same lines after both captured, and no commit is rewritten', async () => {
    const [a, b, remote] = await pair();
    const commits = [await a.add(lineNumber(1)), await b.add(lineNumber(2))];
    await push(a);
    expect(await push(b)).toMatchObject({ status: 'pushed', pushed: 1, pulled: 1 });
    await pull(a);
    for (const managed of [a, b]) {
      expect(await textsOf(managed)).toEqual(['message 2', 'message 1']);
      expect(new Set(await rawsIn(managed.clone()))).toEqual(new Set(await rawsIn(remote)));
      for (const commit of commits) await git(managed.clone(), 'merge-base', '--is-ancestor', commit, 'main');
    }
    expect(await git(a.clone(), 'rev-parse', 'main')).toBe(await git(b.clone(), 'rev-parse', 'main'));
    const devices = new Set((await journalPaths(remote)).map((path) => path.split('.')[0]));
    expect(devices.size).toBe(2);
  });

  test('show the same if both edited one message', async () => {
    const [a, b] = await pair();
    const first = lineNumber(1);
    await a.add(first);
    await push(a);
    await pull(b);
    const left = lineAfter([first], { text: 'left', updatedAt: timeAt(90_000) });
    const right = lineAfter([first], { text: 'right', updatedAt: timeAt(80_000) });
    await a.add(left);
    await b.add(right);
    await push(a);
    await push(b);
    await pull(a);
    for (const managed of [a, b]) {
      const [entry] = await managed.entries();
      expect(entry?.folded.heads.map(({ raw }) => raw)).toEqual([left.raw, right.raw]);
    }
  });

  test('that push at the same time both get through', async () => {
    const [a, b, remote] = await pair();
    for (let number = 1; number <= 3; number += 1) {
      await a.add(lineNumber(number));
      await b.add(lineNumber(10 + number));
      const results = await Promise.all([push(a), push(b)]);
      expect(results.map(({ status, detail }) => `${status}: ${detail}`)).toEqual([
        expect.stringMatching(/^pushed/),
        expect.stringMatching(/^pushed/),
      ]);
    }
    expect(await rawsIn(remote)).toHaveLength(6);
    expect(await git(remote, 'fsck', '--strict', '--no-dangling')).toBe('');
  });
});
