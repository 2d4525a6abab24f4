import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api, Message } from '../support/api.ts';
import { listen, tellsOf, toldOf } from '../support/events.ts';
import { type Here, startHere } from '../support/here.ts';
import { chatLines, nastyTexts } from '../support/texts.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

let gitpost: Here;
let api: Api;

beforeAll(async () => {
  gitpost = await startHere();
  api = gitpost.api;
  await api.create({ text: 'The first of all' });
});
afterAll(() => gitpost.stop());

describe('the stream', () => {
  test('sends each change of a message, with the message', async () => {
    const stream = await listen(gitpost.url);
    const message = await api.create({ text: 'Told' });
    const edited = await api.edit(message.id, { text: 'Told again' });
    await api.delete(message.id);
    const back = await api.edit(message.id, {});
    await stream.until(tellsOf(message.id), undefined, 4);
    const events = stream.messages().filter((event) => event.message.id === message.id);
    expect(events.map(({ change }) => change).slice(0, 3)).toEqual(['created', 'updated', 'deleted']);
    expect(events[0]?.message).toEqual(message);
    expect(events[1]?.message).toEqual(edited);
    expect(events[2]?.message).toMatchObject({ id: message.id, revision: 3, deletedAt: expect.any(String) });
    expect(events[3]?.message).toEqual(back);
    expect(['created', 'updated']).toContain(events[3]?.change);
  });

  test('sends our own writes exactly once', async () => {
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

  test('sends nothing about what was refused', async () => {
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

  test('sends the progress of a sync, and the state of the repository after it', async () => {
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

  test('after very many events is told to begin again', async () => {
    const stream = await listen(gitpost.url);
    const { id } = await api.create({ text: 'Old' });
    await stream.until(tellsOf(id));
    const lastEventId = stream.lastId();
    stream.close();
    await api.bulk(Array.from({ length: 2100 }, (_, n) => ({ text: `Much ${n}` })));
    const again = await listen(gitpost.url, { lastEventId });
    await again.until(({ type }) => type === 'reset');
    expect(again.events[0]?.type).toBe('reset');
  });

  test('after a restart is told to begin again', async () => {
    const folder = await temporaryFolder();
    const first = await startHere({ folder });
    const stream = await listen(first.url);
    const { id } = await first.api.create({ text: 'x' });
    await stream.until(tellsOf(id));
    const lastEventId = stream.lastId();
    await Promise.all([first.stop(), stream.ended]);
    const second = await startHere({ folder });
    const again = await listen(second.url, { lastEventId });
    await again.until(({ type }) => type === 'reset');
  });
});
