import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Api, apiAt, type SyncResult } from '../support/api.ts';
import { startProcess } from '../support/process.ts';
import { type ServerName, startRealServer } from '../support/real-servers.ts';
import { type ScratchFolder, scratchFolder } from '../support/scratch.ts';
import type { RealServer } from '../support/server-place.ts';
import { eventually } from '../support/wait.ts';

const servers = inject('servers');
const names = Object.keys(servers) as ServerName[];
const MANY = 20_000;
const SETTLED_LIMIT = 60_000;
const CLONE_LIMIT = 300_000;

/** What each server came to, for the table at the end. */
const rows: Record<string, Record<string, string>> = {};

describe.each(names)('%s', (name) => {
  const row: Record<string, string> = {};
  rows[name] = row;
  let server: RealServer;
  let folder: ScratchFolder;

  /** Starts a gitpost with a folder of its own, as on another machine; it ends with the test. */
  async function machine(primary: string, more: readonly string[] = [], who = server.env): Promise<Api> {
    const gitpost = await startProcess({
      folder: join(folder.path, randomUUID()),
      env: {
        AUTHOR_NAME: 'Device',
        AUTHOR_EMAIL: 'device@example.org',
        REPOSITORY_NAME: server.url(primary),
        REPOSITORIES: more.map((other) => server.url(other)).join(','),
        ...who,
      },
    });
    return apiAt(gitpost.url);
  }

  beforeAll(async () => {
    folder = await scratchFolder();
    server = await startRealServer(name, servers[name] ?? {});
  });
  afterAll(async () => {
    await server?.end();
    await folder?.remove();
  });

  test('takes what a device has captured, gives it to a second one, and takes the edits of both', async () => {
    const one = await machine('notes');
    await settled(one, 'notes');
    for (const text of ['First', 'Second', 'Third']) await one.create({ text });
    let from = Date.now();
    expect(await one.sync('push', 'notes')).toMatchObject({ status: 'pushed', pushed: 3, pulled: 0 });
    row.push = `3 in ${since(from)}`;
    const { head } = await one.repository('notes');
    expect(await server.git('notes', 'rev-parse', 'main')).toBe(head);
    expect((await one.messages()).map(({ deliveries }) => deliveries[0]?.state)).toEqual(
      Array(3).fill('pushed'),
    );

    from = Date.now();
    const two = await machine('notes');
    await settled(two, 'notes');
    expect(await read(two)).toEqual(await read(one));
    expect(await read(two)).toHaveLength(3);
    row.clone = `3 in ${since(from)}`;

    const [third, second, first] = await one.messages();
    await one.edit(first?.id ?? '', { text: 'First, edited on one' });
    await one.create({ text: 'Fourth' });
    await two.edit(second?.id ?? '', { text: 'Second, edited on two' });
    await two.edit(first?.id ?? '', { text: 'First, edited on two' });
    await two.delete(third?.id ?? '');
    expect(await one.sync('push', 'notes')).toMatchObject({ status: 'pushed', pushed: 2 });
    expect(await two.sync('push', 'notes')).toMatchObject({ status: 'pushed', pushed: 3, pulled: 2 });
    expect(await one.sync('pull', 'notes')).toMatchObject({ status: 'pulled', pulled: 3 });
    expect(await one.sync('push', 'notes')).toMatchObject({ status: 'up-to-date' });
    expect(await read(one)).toEqual(await read(two));
    expect(await one.messages()).toHaveLength(3);
    expect(await one.message(first?.id ?? '')).toMatchObject({ conflict: true });
    const heads = [await one.repository('notes'), await two.repository('notes')].map(({ head }) => head);
    expect(heads).toEqual(Array(2).fill(await server.git('notes', 'rev-parse', 'main')));
    await server.git('notes', 'fsck', '--strict');
    row.both = 'ok';
  });

  test('refuses in words that a person can use', async () => {
    const { stranger, ...expected } = server.refusals;
    const others = Object.keys(expected);
    const device = await machine('notes', others);
    const outsider = stranger && (await machine('notes', [], server.stranger));
    for (const api of outsider ? [device, outsider] : [device]) {
      await api.post({ text: 'Kept, whatever the server says', repositories: 'all' });
    }
    const results = await pushAll(device);
    const seen = Object.fromEntries(others.map((other) => [other, results.get(other)]));
    if (outsider) seen.stranger = (await pushAll(outsider)).get('notes');
    for (const [key, result] of Object.entries(seen)) {
      console.log(`${name}, ${key}: ${result?.status}. ${result?.detail} ${result?.action}`);
    }
    expect(results.get('notes')).toMatchObject({ status: 'pushed', pushed: 1 });
    const statuses = Object.fromEntries(Object.entries(seen).map(([key, result]) => [key, result?.status]));
    row.refusals = isDeepStrictEqual(statuses, server.refusals) ? 'ok' : JSON.stringify(statuses);
    expect(statuses).toEqual(server.refusals);
    // What was refused is still here, in git.
    for (const other of others)
      expect(await device.repository(other)).toMatchObject({ messages: 1, ahead: 1 });
  });

  test(`takes ${MANY.toLocaleString('en')} messages, and gives them to a fresh device`, async () => {
    const writer = await machine('large');
    await settled(writer, 'large');
    const texts = Array.from({ length: MANY }, (_, n) => ({ text: `Message ${n} of many, with some words` }));
    let from = Date.now();
    const answers = await writer.bulk(texts);
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    row.capture = `${MANY} in ${since(from)}`;

    from = Date.now();
    const result = await writer.sync('push', 'large');
    row['push many'] = `${result.status}, ${result.pushed} in ${since(from)}`;
    if (result.status !== 'pushed') console.log(`${name}: ${result.detail} ${result.action}`);
    expect(result).toMatchObject({ status: 'pushed', pushed: MANY });

    from = Date.now();
    const reader = await machine('large');
    const cloned = await eventually(async () => {
      const { state, messages, error } = await reader.repository('large');
      // A first contact that failed is tried again at the next pull, so there is nothing to wait for.
      const isOver = state === 'ready' ? messages === MANY : state !== 'cloning';
      return isOver && { state, messages, detail: error?.detail };
    }, CLONE_LIMIT);
    if (cloned.state !== 'ready') row['clone many'] = `${cloned.state} after ${since(from)}`;
    expect(cloned).toMatchObject({ state: 'ready', messages: MANY });
    row['clone many'] = `${MANY} in ${since(from)}`;
    const newest = await reader.messages('?limit=1');
    expect(newest).toMatchObject([{ text: `Message ${MANY - 1} of many, with some words` }]);

    // A little more after much is what happens every day.
    from = Date.now();
    await reader.edit(newest[0]?.id ?? '', { text: 'Edited on the fresh device' });
    expect(await reader.sync('push', 'large')).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await writer.sync('pull', 'large')).toMatchObject({ status: 'pulled', pulled: 1 });
    expect(await writer.message(newest[0]?.id ?? '')).toMatchObject({ text: 'Edited on the fresh device' });
    row['one more'] = `pushed and pulled in ${since(from)}`;
  });
});

afterAll(() => console.table(rows));

/** Waits until the clone has met its remote for the first time. */
const settled = (api: Api, name: string) =>
  eventually(async () => {
    const { state, error } = await api.repository(name);
    if (state !== 'ready') throw new Error(`${name} is ${state}: ${error?.detail}`);
    return true;
  }, SETTLED_LIMIT);

/** Pushes everything, and answers what became of each repository. */
async function pushAll(api: Api): Promise<ReadonlyMap<string, SyncResult>> {
  const answer = await api.send('POST', '/push', { json: {} });
  const { results } = answer.json<{ results: SyncResult[] }>();
  return new Map(results.map((result) => [result.repository, result]));
}

/** All messages and their histories, without what differs from device to device. */
async function read(api: Api): Promise<unknown[]> {
  const messages = await api.messages();
  return Promise.all(
    messages.map(async ({ id, text, revision }) => [id, text, revision, await api.history(id)]),
  );
}

const since = (from: number): string => `${((Date.now() - from) / 1000).toFixed(1)} s`;
