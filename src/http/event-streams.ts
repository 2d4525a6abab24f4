import type { Request, Response } from 'express';
import { toJson } from '../domain/unicode.ts';
import type { Events, NumberedEvent } from '../services/events.ts';
import type { ProblemInput } from './problem.ts';

/** The longest time without any event. A page that receives nothing for longer considers the connection dead. */
const PING_MS = 15_000;
const MOST_READERS = 200;
/** A reader with this many unread bytes is disconnected. It comes back with its Last-Event-ID. */
const MOST_WAITING = 4 * 1024 * 1024;

const TOO_MANY: ProblemInput = {
  code: 'too-many',
  detail: 'Too many pages are open. Close some and try again.',
  retryAfter: 10,
};

/** The open streams of server-sent events. Each event is one line of JSON, so no text can forge another event. */
export class EventStreams {
  readonly #events: Events;
  readonly #ends = new Set<() => void>();

  constructor(events: Events) {
    this.#events = events;
  }

  /** Starts to send events in answer to a request, or returns the reason why not. */
  open(request: Request, response: Response): ProblemInput | undefined {
    if (this.#ends.size >= MOST_READERS) return TOO_MANY;
    const events = this.#events;
    response.status(200).setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    response.setHeader('X-Accel-Buffering', 'no');
    if (request.method === 'HEAD') {
      response.end();
      return undefined;
    }
    const last = request.headers['last-event-id'];
    const missed = typeof last === 'string' ? events.since(last) : [];
    // A frame with only an id sets the reader's position without being an event.
    const start =
      missed === undefined ? `id: ${events.lastId}\nevent: reset\ndata: {}\n\n` : `id: ${events.lastId}\n\n`;
    response.write(`retry: 1000\n\n${missed?.map(frame).join('') ?? ''}${start}`);
    // A stream that was ended stays subscribed until its connection is closed, and must not be written to.
    const send = (text: string) => void (response.writableEnded || response.write(text));
    const unsubscribe = events.subscribe((event) => {
      if (response.writableLength > MOST_WAITING) response.destroy();
      else send(frame(event));
    });
    const pings = setInterval(() => send(PING), PING_MS);
    const end = () => response.end();
    this.#ends.add(end);
    response.on('close', () => {
      unsubscribe();
      clearInterval(pings);
      this.#ends.delete(end);
    });
    return undefined;
  }

  /** Ends all streams. */
  close(): void {
    for (const end of this.#ends) end();
  }
}

/** It has no id, so the reader's position does not change. It is an event, since a page does not see comments. */
const PING = 'event: ping\ndata: {}\n\n';

const frame = ({ id, event }: NumberedEvent): string =>
  `id: ${id}\nevent: ${event.type}\ndata: ${toJson(event.data)}\n\n`;
