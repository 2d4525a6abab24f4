import express from 'express';
import { expect, onTestFinished, test, vi } from 'vitest';
import { EventStreams } from '../../src/http/event-streams.ts';
import { Events } from '../../src/services/events.ts';
import { listen } from '../support/events.ts';

test('a reader hears something every 15 seconds, and keeps its place in the stream', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const events = new Events();
  const streams = new EventStreams(events);
  const app = express().get('/events', (request, response) => void streams.open(request, response));
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const stream = await listen(`http://127.0.0.1:${port}`);
  const place = events.lastId;
  vi.advanceTimersByTime(14_000);
  events.publish({ type: 'progress', data: { repository: 'journal', stage: 'fetch', percent: 1 } });
  await stream.until(({ type }) => type === 'progress');
  expect(stream.events.map(({ type }) => type)).toEqual(['progress']);
  vi.advanceTimersByTime(16_000);
  const ping = await stream.until(({ type }) => type === 'ping', 5000, 2);
  expect(ping.id).toBe(events.lastId);
  expect(ping.id).not.toBe(place);
});
