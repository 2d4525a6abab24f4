import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { VerifiedFile } from '../../src/mirror/files/verified-file.ts';
import type { Api, Message } from '../support/api.ts';
import { git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const cloneIn = (folder: string, name = 'messages') => join(folder, 'repos', name);
const here = (folder: string, env: Record<string, string> = {}) =>
  startHere({ folder, env: { AUTHOR_NAME: 'Ann', ...env } });

describe('the mirror', () => {
  /** Messages of all kinds: edited, deleted, back again, in two repositories, bulked. */
  async function variety(api: Api): Promise<void> {
    const results = await api.bulk(
      Array.from({ length: 60 }, (_, n) => ({
        text: `Line ${n} #tag${n % 3}`,
        author: `Author ${n % 4}`,
        createdAt: new Date(Date.UTC(2026, n % 9, 1 + (n % 27), n % 24)).toISOString(),
        repositories: n % 5 === 0 ? 'all' : ['messages'],
      })),
    );
    const ids = results.map(({ message }) => (message as Message).id);
    for (const id of ids.slice(0, 5)) await api.edit(id, { text: 'Edited' });
    for (const id of ids.slice(3, 8)) await api.delete(id);
    await api.edit(ids[4] as string, {});
    const draft = { id: ids[1], text: 'Line 1 #tag1', repositories: ['second'] };
    expect((await api.post(draft)).status).toBe(200);
  }

  /** All that a reader can see, without the order of deliveries. */
  async function everything(api: Api): Promise<unknown> {
    const sorted = <One extends { repository: string }>(list: One[]) =>
      [...list].sort((a, b) => a.repository.localeCompare(b.repository));
    const messages = await api.messages();
    const shown = messages.map((message) => ({ ...message, deliveries: sorted(message.deliveries) }));
    const ids = [...new Set((await api.get('/messages')).json<Message[]>().map(({ id }) => id))];
    const histories = [];
    for (const id of ids.slice(0, 12)) {
      histories.push((await api.history(id)).map((entry) => ({ ...entry, commits: sorted(entry.commits) })));
    }
    return { shown, histories };
  }

  const REPOSITORIES = { REPOSITORIES: 'second' };

  async function filled() {
    const folder = await temporaryFolder();
    const { api, stop } = await here(folder, REPOSITORIES);
    await variety(api);
    return { folder, stop, api, before: await everything(api) };
  }

  /** After the mirror was lost, the ids of commits may follow a little later; they must be the same ones. */
  const sameAgain = (api: Api, before: unknown) =>
    eventually(async () => {
      expect(await everything(api)).toEqual(before);
      return true;
    });

  test('comes back from the commits if data/ was deleted while stopped', async () => {
    const { folder, stop, before } = await filled();
    await stop();
    await rm(join(folder, 'data'), { recursive: true });
    const { api } = await here(folder, REPOSITORIES);
    await sameAgain(api, before);
    expect((await api.repository('second')).messages).toBeGreaterThan(5);
    expect(await api.sync('push')).toMatchObject({ status: 'pushed' });
    expect(await api.sync('push', 'second')).toMatchObject({ status: 'pushed' });
  });

  test('finds the commits of its messages though the search for them was cut off', async () => {
    const { folder, stop, before } = await filled();
    await stop();
    const mirror = join(folder, 'data/mirror');
    const rewrite = async <Data>(name: string, change: (data: Data) => void) => {
      const file = new VerifiedFile<Data>(join(mirror, name));
      const data = (await file.read()) as Data;
      change(data);
      await file.write(data);
    };
    for (const name of await readdir(mirror)) {
      if (!name.startsWith('shard-')) continue;
      await rewrite<[string, number, [string, Record<string, string | null>][]][]>(name, (entries) => {
        for (const [, commits] of entries.flatMap(([, , lines]) => lines))
          for (const repository of Object.keys(commits)) commits[repository] = null;
      });
    }
    await rewrite<{ repositories: Record<string, { unattributed?: true }> }>('state.json', (state) => {
      for (const covered of Object.values(state.repositories)) covered.unattributed = true;
    });
    const { api } = await here(folder, REPOSITORIES);
    await sameAgain(api, before);
  });

  test('is not missed if data/ is deleted while running', async () => {
    const { folder, stop, api, before } = await filled();
    await api.sync('push');
    await delay(1300);
    await rm(join(folder, 'data'), { recursive: true });
    const message = await api.create({ text: 'Without data' });
    expect(await api.message(message.id)).toEqual(message);
    expect(await api.messages('?q=Without')).toEqual([message]);
    expect((await api.repository('second')).state).toBe('ready');
    await api.delete(message.id);
    expect(await api.sync('push')).toMatchObject({ status: 'pushed' });
    await stop();
    const again = await here(folder, REPOSITORIES);
    await eventually(async () => {
      const now = JSON.stringify(await everything(again.api)).replaceAll('"pushed"', '"committed"');
      expect(JSON.parse(now)).toEqual(before);
      return true;
    });
    const remote = join(folder, 'data/remotes/messages.git');
    expect(await git(remote, 'rev-parse', 'main')).toBe(await git(cloneIn(folder), 'rev-parse', 'main'));
  });

  const damages: Array<[string, (file: string) => Promise<unknown>]> = [
    ['cut', async (file) => truncate(file, (await readFile(file)).length >> 1)],
    ['empty', (file) => truncate(file, 0)],
    ['full of NULs', async (file) => writeFile(file, Buffer.alloc((await readFile(file)).length))],
    ['no JSON', (file) => writeFile(file, '\ufeff{"checksum":')],
    ['another JSON', (file) => writeFile(file, '[]')],
    [
      'changed by one letter',
      async (file) => writeFile(file, (await readFile(file, 'utf8')).replace(/[a-m](?=[^a-m]*$)/, 'z')),
    ],
    ['gone', (file) => rm(file)],
  ];
  test('is made again if any of its files is damaged', async () => {
    const { folder, stop, before } = await filled();
    await stop();
    const directory = join(folder, 'data/mirror');
    // Numbers in the names change whenever the mirror is made anew.
    for (const [turn, kind] of ['state', 'ids-', 'shard-'].entries()) {
      for (const [_what, damage] of damages.filter((_, n) => n % 3 === turn)) {
        const files = (await readdir(directory)).filter((one) => one.startsWith(kind));
        expect(files, kind).not.toEqual([]);
        for (const file of files) await damage(join(directory, file));
        const { stop: end, api } = await here(folder, REPOSITORIES);
        await sameAgain(api, before);
        await end();
      }
    }
  });

  test('forgets a clone that was taken away, and reads one that was put back', async () => {
    const { folder, stop, before } = await filled();
    await stop();
    await git(folder, 'clone', '-q', '--bare', cloneIn(folder, 'second'), join(folder, 'saved.git'));
    await rm(join(folder, 'repos/second'), { recursive: true });
    const { stop: end, api } = await here(folder);
    const list = await api.messages();
    expect(
      list.every(({ deliveries }) => deliveries.every(({ repository }) => repository !== 'second')),
    ).toBe(true);
    expect(list.length).toBe((before as { shown: Message[] }).shown.length);
    await end();
  });
});
