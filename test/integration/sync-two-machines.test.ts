import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { commitOf, deliveryTo } from '../support/api.ts';
import { git, log } from '../support/git.ts';
import { hub, NAME, pull, push, read } from '../support/hub.ts';
import { journalLines } from '../support/journal.ts';
import { eventually } from '../support/wait.ts';

describe('two machines', () => {
  test('end up showing the same, whatever each did', async () => {
    const { machine, bare } = await hub();
    const [one, two] = await Promise.all([machine('one'), machine('two')]);
    // What the first contact brings is no part of what a pull is answered with.
    for (const { api } of [one, two])
      await eventually(async () => (await api.repository(NAME)).state === 'ready');
    const first = await one.api.create({ text: 'From one' });
    expect(await push(one.api)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await pull(two.api)).toMatchObject({ status: 'pulled', pulled: 1, pushed: 0 });
    expect(await read(two.api)).toEqual(await read(one.api));
    expect(deliveryTo(await two.api.message(first.id), NAME)).toEqual({
      repository: NAME,
      commit: commitOf(first, NAME),
      state: 'pushed',
    });

    const commits: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      commits.push(commitOf(await one.api.create({ text: `One ${n}` }), NAME));
      commits.push(commitOf(await two.api.create({ text: `Two ${n}` }), NAME));
    }
    await one.api.edit(first.id, { text: 'Edited by one' });
    expect(await push(one.api)).toMatchObject({ status: 'pushed', pushed: 6, pulled: 0 });
    const before = await two.api.repository(NAME);
    expect(before).toMatchObject({ ahead: 5, behind: 0 });
    expect(await push(two.api)).toMatchObject({ status: 'pushed', pushed: 5, pulled: 6 });
    expect(await pull(one.api)).toMatchObject({ status: 'pulled', pulled: 5 });
    expect(await read(one.api)).toEqual(await read(two.api));
    expect(await read(one.api)).toHaveLength(11);
    for (const { api } of [one, two]) {
      expect(await api.repository(NAME)).toMatchObject({ ahead: 0, behind: 0, state: 'ready', messages: 11 });
      for (const { deliveries } of await api.messages()) expect(deliveries[0]?.state).toBe('pushed');
    }
    // What was answered stays the first commit that brought it.
    for (const commit of commits) await git(bare, 'merge-base', '--is-ancestor', commit, 'main');
    const shown = new Set((await one.api.messages()).map((message) => commitOf(message, NAME)));
    for (const commit of commits) expect(shown).toContain(commit);
    const devices = new Set(
      (await log(bare, '%(trailers:key=Device,valueonly)', 'main')).map((one) => one.trim()),
    );
    expect(devices.size).toBe(2);
    await git(bare, 'fsck', '--strict');
  });

  test('that edit the same message keep both edits, until somebody settles it', async () => {
    const { machine } = await hub();
    const [one, two] = await Promise.all([machine('one'), machine('two')]);
    const { id } = await one.api.create({ text: 'Before' });
    await push(one.api);
    await pull(two.api);
    await one.api.edit(id, { text: 'As one wants it' });
    await delay(5);
    const later = await two.api.edit(id, { text: 'As two wants it' });
    await push(one.api);
    expect(await push(two.api)).toMatchObject({ status: 'pushed' });
    await pull(one.api);

    for (const { api } of [one, two]) {
      expect(await api.message(id)).toMatchObject({
        revision: 2,
        text: 'As two wants it',
        updatedAt: later.updatedAt,
        conflict: true,
      });
      const history = await api.history(id);
      expect(history.map(({ text, head }) => [text, head === true])).toEqual([
        ['Before', false],
        ['As one wants it', true],
        ['As two wants it', true],
      ]);
    }
    const tags = await Promise.all([one, two].map(({ api }) => api.get(`/messages/${id}`)));
    expect(tags[0]?.headers.get('etag')).toBe(tags[1]?.headers.get('etag'));

    const settled = await one.api.edit(id, { text: 'As both want it' });
    expect(settled).toMatchObject({ revision: 3, text: 'As both want it' });
    expect(settled).not.toHaveProperty('conflict');
    expect((await one.api.history(id)).at(-1)?.parents).toHaveLength(2);
    await push(one.api);
    await pull(two.api);
    expect(await read(two.api)).toEqual(await read(one.api));
    expect((await two.api.history(id)).filter(({ head }) => head)).toHaveLength(1);
  });

  test('settle a conflict with an edit that changes nothing, too', async () => {
    const { machine } = await hub();
    const [one, two] = await Promise.all([machine('one'), machine('two')]);
    const { id } = await one.api.create({ text: 'Before' });
    await push(one.api);
    await pull(two.api);
    await one.api.delete(id);
    await two.api.edit(id, { text: 'Still wanted' });
    await push(one.api);
    await push(two.api);
    await pull(one.api);
    // An edit beats a delete.
    for (const { api } of [one, two]) {
      expect(await api.message(id)).toMatchObject({ text: 'Still wanted', conflict: true });
    }
    const settled = await one.api.edit(id, {});
    expect(settled).toMatchObject({ revision: 3, text: 'Still wanted' });
    expect(settled).not.toHaveProperty('conflict');
    await push(one.api);
    await pull(two.api);
    expect(await read(two.api)).toEqual(await read(one.api));
  });

  test('that push at the same moment both get through', async () => {
    const { machine, bare } = await hub();
    const machines = await Promise.all([machine('one'), machine('two'), machine('three')]);
    await Promise.all(machines.map(({ api }) => api.messages()));
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(machines.map(({ api }, n) => api.create({ text: `Round ${round} of ${n}` })));
      const results = await Promise.all(machines.map(({ api }) => push(api)));
      expect(results.map(({ status }) => status)).toEqual(['pushed', 'pushed', 'pushed']);
    }
    for (const { api } of machines) await pull(api);
    const [first, ...others] = await Promise.all(machines.map(({ api }) => read(api)));
    expect(first).toHaveLength(9);
    for (const other of others) expect(other).toEqual(first);
    expect(await journalLines(bare)).toHaveLength(9);
  });

  test('with a copied folder end up writing files of their own', async () => {
    const { folder, machine, bare } = await hub();
    const one = await machine('one');
    await one.api.create({ text: 'Before the copy' });
    await push(one.api);
    await one.stop();
    // A copy has its device's id as well, which a clone has not.
    await cp(join(folder, 'one'), join(folder, 'two'), { recursive: true });
    const [first, second] = [await machine('one'), await machine('two')];
    await first.api.create({ text: 'Of the one' });
    await second.api.create({ text: 'Of the copy' });
    for (const { api } of [first, second, first]) await push(api);
    await second.api.create({ text: 'Later of the copy' });
    for (const { api } of [second, first]) await push(api);
    expect(await read(first.api)).toHaveLength(4);
    expect(await read(second.api)).toEqual(await read(first.api));
    expect((await journalLines(bare)).map(({ value }) => value.text).sort()).toEqual([
      'Before the copy',
      'Later of the copy',
      'Of the copy',
      'Of the one',
    ]);
    const devices = await Promise.all(
      [first, second].map(({ clone }) => git(clone, 'config', 'gitpost.device')),
    );
    expect(devices[0]).not.toBe(devices[1]);
  });
});
