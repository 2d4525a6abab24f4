import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiAt, commitOf, type Message } from '../support/api.ts';
import { type EventStream, listen, tellsOf } from '../support/events.ts';
import { cloneOf, commitFile, git } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import { chatLines, nastyTexts } from '../support/texts.ts';
import { eventually } from '../support/wait.ts';

let gitpost: GitpostProcess;
let api: Api;

beforeAll(async () => {
  gitpost = await startProcess();
  api = apiAt(gitpost.url);
  await api.create({ text: 'The first of all' });
});
afterAll(() => gitpost.stop());

/** What a stream told of one message. */
const toldOf = (stream: EventStream, id: string) =>
  stream
    .messages()
    .filter(({ message }) => message.id === id)
    .map(({ change, message }) => `${change} ${message.revision}`);

describe('the stream', () => {
  test('tells of each change of a message, with the message', async () => {
    const stream = await listen(gitpost.url);
    const message = await api.create({ text: 'Told' });
    const edited = await api.edit(message.id, { text: 'Told again' });
    await api.delete(message.id);
    const back = await api.edit(message.id, {});
    await stream.until(tellsOf(message.id), 20_000, 4);
    const events = stream.messages().filter((event) => event.message.id === message.id);
    expect(events.map(({ change }) => change).slice(0, 3)).toEqual(['created', 'updated', 'deleted']);
    expect(events[0]?.message).toEqual(message);
    expect(events[1]?.message).toEqual(edited);
    expect(events[2]?.message).toMatchObject({ id: message.id, revision: 3, deletedAt: expect.any(String) });
    expect(events[3]?.message).toEqual(back);
    expect(['created', 'updated']).toContain(events[3]?.change);
  });

  test('tells of our own writes exactly once', async () => {
    const stream = await listen(gitpost.url);
    const messages = await Promise.all(
      Array.from({ length: 30 }, (_, n) => api.create({ text: `Once ${n}` })),
    );
    const [first] = messages as [Message];
    await api.post({ id: first.id, text: first.text });
    await api.edit(first.id, {});
    await delay(2500);
    for (const { id } of messages) expect(toldOf(stream, id)).toEqual(['created 1']);
  });

  test('tells nothing of what was refused', async () => {
    const stream = await listen(gitpost.url);
    await api.post({ text: '' });
    const { id } = await api.create({ text: 'x' });
    await api.patch(id, { text: '' });
    await stream.until(tellsOf(id));
    expect(stream.messages()).toHaveLength(1);
  });

  test('lets no text forge an event', async () => {
    const stream = await listen(gitpost.url);
    const texts = [...nastyTexts, ...chatLines].map(([, text]) => text);
    const author = 'data: x';
    const results = await api.bulk(texts.map((text) => ({ text, author })));
    const ids = results.map(({ message }) => (message as Message).id);
    await stream.until(tellsOf(ids.at(-1) as string));
    await eventually(async () => stream.messages().length >= texts.length);
    const told = new Map(stream.messages().map(({ message }) => [message.id, message.text]));
    expect(ids.map((id) => told.get(id))).toEqual(texts);
    expect(stream.messages()).toHaveLength(texts.length);
    expect(stream.events.filter(({ type }) => !['message', 'repository', 'progress'].includes(type))).toEqual(
      [],
    );
    expect(new Set(stream.events.map(({ id }) => id)).size).toBe(stream.events.length);
  });

  test('tells how a sync goes, and what a repository is like then', async () => {
    const stream = await listen(gitpost.url);
    await api.create({ text: 'To be pushed' });
    await api.sync('push');
    await stream.until(({ type, data }) => type === 'repository' && JSON.parse(data).ahead === 0);
    await eventually(async () => {
      expect(stream.repositories().at(-1)).toEqual(await api.repository());
      return true;
    });
    const progress = stream.events
      .filter(({ type }) => type === 'progress')
      .map(({ data }) => JSON.parse(data));
    expect(progress.length).toBeGreaterThan(0);
    for (const one of progress) {
      expect(one).toEqual({
        repository: 'messages',
        stage: expect.stringMatching(/\S/),
        percent: expect.any(Number),
      });
      expect(one.percent).toBeGreaterThanOrEqual(0);
      expect(one.percent).toBeLessThanOrEqual(100);
    }
  });

  test('reaches many readers, and one that leaves disturbs none', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => listen(gitpost.url)));
    for (const stream of streams.slice(0, 10)) stream.close();
    const { id } = await api.create({ text: 'To many' });
    for (const stream of streams.slice(10)) await stream.until(tellsOf(id, 'created'));
  });

  test('answers HEAD, too, and ends', async () => {
    const options = { method: 'HEAD', signal: AbortSignal.timeout(2000) };
    const answer = await fetch(`${gitpost.url}/events`, options);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream\b/);
  });

  test('is readable by nobody but us', async () => {
    const answer = await fetch(`${gitpost.url}/events`, { headers: { Accept: 'text/event-stream' } });
    expect(answer.headers.get('cache-control')).toMatch(/no-store|no-cache/);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await answer.body?.cancel();
  });
});

describe('a reader who comes back', () => {
  test('gets what was missed, once', async () => {
    const stream = await listen(gitpost.url);
    const seen = await api.create({ text: 'Seen' });
    await stream.until(tellsOf(seen.id));
    const lastEventId = stream.lastId();
    expect(lastEventId).not.toBe('');
    stream.close();
    const missed = [await api.create({ text: 'Missed 1' }), await api.create({ text: 'Missed 2' })];
    const again = await listen(gitpost.url, { lastEventId });
    const later = await api.create({ text: 'Later' });
    await again.until(tellsOf(later.id));
    expect(again.messages().map(({ message }) => message.text)).toEqual(['Missed 1', 'Missed 2', 'Later']);
    expect(again.events.some(({ type }) => type === 'reset')).toBe(false);
    expect(missed).toHaveLength(2);
  });

  test('knows from the start where it is', async () => {
    const stream = await listen(gitpost.url);
    await eventually(async () => stream.lastId() !== '');
    const lastEventId = stream.lastId();
    stream.close();
    const missed = await api.create({ text: 'Missed' });
    const again = await listen(gitpost.url, { lastEventId });
    await again.until(tellsOf(missed.id));
    expect(again.messages()).toHaveLength(1);
  });

  test.each(['0', 'nonsense', 'zzzzzz-1', '__proto__', '999999999999'])(
    'with %s is told to begin anew, first of all',
    async (lastEventId) => {
      const stream = await listen(gitpost.url, { lastEventId });
      await stream.until(({ type }) => type === 'reset');
      const { id } = await api.create({ text: 'x' });
      await stream.until(tellsOf(id));
      expect(stream.events[0]?.type).toBe('reset');
      expect(stream.events.filter(({ type }) => type === 'reset')).toHaveLength(1);
      expect(stream.messages()).toHaveLength(1);
    },
  );

  test('after very much is told to begin anew', async () => {
    const stream = await listen(gitpost.url);
    const { id } = await api.create({ text: 'Old' });
    await stream.until(tellsOf(id));
    const lastEventId = stream.lastId();
    stream.close();
    await api.bulk(Array.from({ length: 3000 }, (_, n) => ({ text: `Much ${n}` })));
    const again = await listen(gitpost.url, { lastEventId });
    await again.until(({ type }) => type === 'reset');
    expect(again.events[0]?.type).toBe('reset');
  });

  test('after a restart is told to begin anew', async () => {
    const first = await startProcess();
    const stream = await listen(first.url);
    const { id } = await apiAt(first.url).create({ text: 'x' });
    await stream.until(tellsOf(id));
    const lastEventId = stream.lastId();
    first.kill('SIGTERM');
    await stream.ended;
    await first.exited;
    const second = await startProcess({ folder: first.folder });
    const again = await listen(second.url, { lastEventId });
    await again.until(({ type }) => type === 'reset');
  });
});

describe('what plain git does in the clone', () => {
  const outside = 'messages/2026-10/by-hand.jsonl';

  async function scene() {
    const own = await startProcess();
    const client = apiAt(own.url);
    const clone = join(own.folder, 'repos', 'messages');
    const first = await client.create({ text: 'First' });
    await client.sync('push');
    await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
    await delay(300);
    const stream = await listen(own.url);
    return { own, api: client, clone, first, stream };
  }

  /** A line in a file of another program, which somebody commits. */
  async function commitLine(clone: string, text: string, file = outside): Promise<string> {
    const id = randomUUID();
    await mkdir(join(clone, 'messages/2026-10'), { recursive: true });
    await commitFile(clone, file, `${lineOf({ id, text })}\n`, text);
    return id;
  }

  /** Judges that a change shows in both places within two seconds, and is told exactly once. */
  async function judgeShown(
    { api: client, stream }: { api: Api; stream: EventStream },
    id: string,
    change: 'created' | 'deleted',
  ): Promise<void> {
    const start = Date.now();
    await stream.until(tellsOf(id, change), 20_000);
    await eventually(
      async () => {
        const { status } = await client.get(`/messages/${id}`);
        return status === (change === 'created' ? 200 : 404);
      },
      2000 - Math.min(1999, Date.now() - start),
    );
    await delay(1500);
    expect(
      stream.messages().filter((event) => event.message.id === id && event.change === change),
    ).toHaveLength(1);
  }

  test('a commit is seen', async () => {
    const made = await scene();
    const id = await commitLine(made.clone, 'By hand');
    await judgeShown(made, id, 'created');
    const message = await made.api.message(id);
    expect(message).toMatchObject({ text: 'By hand', author: 'Outside' });
    expect(commitOf(message)).toBe(await git(made.clone, 'rev-parse', 'main'));
    expect(made.stream.messages()).toHaveLength(1);
  });

  test('a pull is seen', async () => {
    const made = await scene();
    const remote = join(made.own.folder, 'data/remotes/messages.git');
    const other = await cloneOf(remote, join(made.own.folder, 'other'));
    const id = await commitLine(other, 'From elsewhere');
    await git(other, 'push', '-q', 'origin', 'main');
    await git(made.clone, 'pull', '-q', '--ff-only', 'origin', 'main');
    await judgeShown(made, id, 'created');
    await eventually(async () => (await made.api.repository()).ahead === 0);
    const { deliveries } = await made.api.message(id);
    expect(deliveries[0]?.state).toBe('pushed');
  });

  test('a merge is seen', async () => {
    const made = await scene();
    await git(made.clone, 'checkout', '-q', '-b', 'side');
    const id = await commitLine(made.clone, 'From the side');
    await delay(1000);
    expect(made.stream.messages()).toEqual([]);
    expect((await made.api.get(`/messages/${id}`)).status).toBe(404);
    await git(made.clone, 'checkout', '-q', 'main');
    const own = await made.api.create({ text: 'Meanwhile' });
    await eventually(async () => (await git(made.clone, 'status', '--porcelain')) === '');
    await git(made.clone, 'merge', '-q', '--no-edit', 'side');
    await judgeShown(made, id, 'created');
    expect(toldOf(made.stream, own.id)).toEqual(['created 1']);
    // The commit that a delivery names is the one that brought the line, not the merge.
    expect(commitOf(await made.api.message(id))).toBe(await git(made.clone, 'rev-parse', 'side'));
  });

  test('a checkout of another branch changes nothing, and captures are on the configured one', async () => {
    const made = await scene();
    await git(made.clone, 'checkout', '-q', '--orphan', 'empty');
    await git(made.clone, 'rm', '-r', '-q', '-f', '.');
    await git(made.clone, 'commit', '-q', '--allow-empty', '-m', 'Empty');
    await delay(1500);
    expect(made.stream.messages()).toEqual([]);
    expect((await made.api.messages()).map(({ id }) => id)).toEqual([made.first.id]);
    const message = await made.api.create({ text: 'On main' });
    expect(await git(made.clone, 'rev-parse', 'main')).toBe(commitOf(message));
    expect(await git(made.clone, 'ls-files')).toBe('');
  });

  test('an older tree that is checked out and committed is seen', async () => {
    const made = await scene();
    const id = await commitLine(made.clone, 'Not for long');
    await made.stream.until(tellsOf(id, 'created'), 20_000);
    await git(made.clone, 'checkout', '-q', 'HEAD~1', '--', '.');
    await git(made.clone, 'rm', '-q', outside);
    await git(made.clone, 'commit', '-q', '-m', 'Without it');
    await judgeShown(made, id, 'deleted');
    expect((await made.api.messages()).map((message) => message.id)).toEqual([made.first.id]);
  });

  test('a line that a person commits and takes out again at once stays out', async () => {
    const made = await scene();
    for (let n = 0; n < 4; n += 1) {
      const id = await commitLine(made.clone, `Not for long ${n}`);
      await made.stream.until(tellsOf(id, 'created'), 20_000);
      await git(made.clone, 'rm', '-q', outside);
      await git(made.clone, 'commit', '-q', '-m', 'Without it');
      await made.stream.until(tellsOf(id, 'deleted'), 20_000);
      expect(await git(made.clone, 'log', '-1', '--format=%an %s')).toBe('Person Without it');
    }
    expect((await made.api.messages()).map(({ id }) => id)).toEqual([made.first.id]);
  });

  test('a reset is seen, and what was captured is kept aside', async () => {
    const made = await scene();
    const message = await made.api.create({ text: 'To be reset' });
    await eventually(async () => (await git(made.clone, 'status', '--porcelain')) === '');
    await git(made.clone, 'reset', '-q', '--hard', 'HEAD~1');
    await judgeShown(made, message.id, 'deleted');
    expect(await made.api.repository()).toMatchObject({
      state: 'rewritten',
      error: { detail: expect.stringMatching(/\S/), action: expect.stringMatching(/\S/) },
    });
    const backups = await git(made.clone, 'for-each-ref', '--format=%(objectname)', 'refs/gitpost/backup/');
    expect(backups.split('\n')).toContain(commitOf(message));
  });

  test('an edit of a line by hand is another message of no one', async () => {
    const made = await scene();
    const id = await commitLine(made.clone, 'One');
    await made.stream.until(tellsOf(id, 'created'), 20_000);
    const again = `${lineOf({ id, text: 'Changed by hand' })}\n`;
    await commitFile(made.clone, outside, again, 'Changed by hand');
    await made.stream.until(tellsOf(id, 'updated'), 20_000);
    expect((await made.api.message(id)).text).toBe('Changed by hand');
  });

  test('a broken line is reported with file and line, and spoils nothing', async () => {
    const made = await scene();
    const ids = [randomUUID(), randomUUID()];
    const lines = [
      lineOf({ id: ids[0] as string, text: 'Good' }),
      'no JSON',
      '{"v":2,"id":"from the future"}',
      lineOf({ id: ids[1] as string, text: 'Good, too', unknown: { kept: true } }),
    ];
    await mkdir(join(made.clone, 'messages/2026-10'), { recursive: true });
    await commitFile(made.clone, outside, `${lines.join('\n')}\n`, 'Mixed');
    for (const id of ids) await made.stream.until(tellsOf(id, 'created'), 20_000);
    const { problems } = await made.api.repository();
    expect(problems.map(({ file, line }) => [file, line])).toEqual([
      [outside, 2],
      [outside, 3],
    ]);
    await made.api.edit(ids[1] as string, { text: 'Edited' });
    const journal = await git(made.clone, 'grep', '-h', '"text":"Edited"', 'main');
    expect(JSON.parse(journal)).toMatchObject({ unknown: { kept: true }, text: 'Edited' });
    expect(await git(made.clone, 'show', `main:${outside}`)).toBe(lines.join('\n'));
  });

  test('what a person leaves uncommitted is reported and left alone', async () => {
    const made = await scene();
    await writeFile(join(made.clone, 'notes.txt'), 'mine\n');
    await mkdir(join(made.clone, 'messages/mine'), { recursive: true });
    await writeFile(join(made.clone, 'messages/mine/notes.txt'), 'mine\n');
    await eventually(async () => {
      const { problems } = await made.api.repository();
      return problems.some(({ file }) => file.startsWith('messages/mine')) && problems;
    });
    expect(await git(made.clone, 'status', '--porcelain', '-uall')).toBe(
      '?? messages/mine/notes.txt\n?? notes.txt',
    );
    expect((await made.api.repository()).state).toBe('ready');
  });
});
