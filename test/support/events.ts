import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Message, RepositoryStatus } from './api.ts';
import { atTestEnd } from './test-end.ts';

/** One server-sent event as a browser would see it. */
export interface SseEvent {
  /** The last event id at that moment. */
  id: string;
  type: string;
  data: string;
}

export interface MessageEvent {
  change: 'created' | 'updated' | 'deleted';
  message: Message;
}

export interface EventStream {
  events: SseEvent[];
  lastId(): string;
  /** All message events so far. */
  messages(): MessageEvent[];
  repositories(): RepositoryStatus[];
  /** Resolves once there are as many events that fit; fails after `limit` ms. */
  until(fits: (event: SseEvent) => boolean, limit?: number, count?: number): Promise<SseEvent>;
  ended: Promise<void>;
  close(): void;
}

/** Listens to `/events` as the standard says a browser does. */
export async function listen(
  url: string,
  options: { lastEventId?: string; headers?: Record<string, string> } = {},
): Promise<EventStream> {
  const headers = {
    Accept: 'text/event-stream',
    ...(options.lastEventId === undefined ? {} : { 'Last-Event-ID': options.lastEventId }),
    ...options.headers,
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/events`, { headers, agent: false }, resolve).on('error', reject);
  });
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toMatch(/^text\/event-stream\b/);

  const events: SseEvent[] = [];
  let lastId = options.lastEventId ?? '';
  let rest = '';
  let type = '';
  let data: string[] = [];
  const takeLine = (line: string) => {
    if (line === '') {
      if (data.length > 0) events.push({ id: lastId, type: type || 'message', data: data.join('\n') });
      type = '';
      data = [];
      return;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    if (field === 'event') type = value;
    if (field === 'id') lastId = value;
  };
  response.setEncoding('utf8').on('data', (chunk: string) => {
    // A CR alone ends a line as well, which is how text could forge an event.
    const lines = (rest + chunk).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) takeLine(line);
  });
  const ended = new Promise<void>((resolve) => {
    response.once('close', resolve).on('error', () => resolve());
  });
  const close = () => void response.destroy();
  atTestEnd(async () => close());
  const stream: EventStream = {
    events,
    lastId: () => lastId,
    messages: () => dataOf<MessageEvent>(events, 'message'),
    repositories: () => dataOf<RepositoryStatus>(events, 'repository'),
    async until(fits, limit = 30_000, count = 1) {
      const start = Date.now();
      for (;;) {
        const found = events.filter(fits);
        if (found.length >= count) return found[count - 1] as SseEvent;
        if (Date.now() - start > limit) {
          throw new Error(`No such event came in ${limit} ms; these did: ${JSON.stringify(events)}`);
        }
        await delay(10);
      }
    },
    ended,
    close,
  };
  return stream;
}

/** Whether an event tells of a message. */
export const tellsOf =
  (id: string, change?: MessageEvent['change']) =>
  ({ type, data }: SseEvent): boolean => {
    if (type !== 'message') return false;
    const event = JSON.parse(data) as MessageEvent;
    return event.message.id === id && (change === undefined || event.change === change);
  };

function dataOf<Data>(events: readonly SseEvent[], type: string): Data[] {
  return events.filter((event) => event.type === type).map(({ data }) => JSON.parse(data) as Data);
}

/** What a stream told of one message. */
export const toldOf = (stream: EventStream, id: string) =>
  stream
    .messages()
    .filter(({ message }) => message.id === id)
    .map(({ change, message }) => `${change} ${message.revision}`);
