import { Router } from 'express';
import { toJson } from '../../domain/unicode.ts';
import type { Events, NumberedEvent } from '../../services/events.ts';
import { methods } from '../methods.ts';
import { sendProblem } from '../problem.ts';

/** How often a reader hears something, at least: a page that hears nothing for longer takes the connection for dead. */
const PING_MS = 15_000;
const MOST_READERS = 200;
/** A reader who takes nothing for so long is let go; it comes back with its Last-Event-ID. In bytes. */
const MOST_WAITING = 4 * 1024 * 1024;

/** `GET /events`: server-sent events, each one line of JSON, so that no text can forge another event. */
export function eventRoute(events: Events): { readonly router: Router; readonly close: () => void } {
  const router = Router();
  const ends = new Set<() => void>();
  methods(router, '/events', {
    get: (request, response) => {
      if (ends.size >= MOST_READERS) {
        const detail = 'Too many pages listen to events. Close some and try again.';
        return sendProblem(response, { code: 'too-many', detail, retryAfter: 10 });
      }
      response.status(200).setHeader('Content-Type', 'text/event-stream; charset=utf-8');
      response.setHeader('X-Accel-Buffering', 'no');
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      const last = request.headers['last-event-id'];
      const missed = typeof last === 'string' ? events.since(last) : [];
      // An event of an id alone says where the reader begins, without being one.
      const start =
        missed === undefined
          ? `id: ${events.lastId}\nevent: reset\ndata: {}\n\n`
          : `id: ${events.lastId}\n\n`;
      response.write(`retry: 1000\n\n${missed?.map(frame).join('') ?? ''}${start}`);
      // A stream that was ended stays subscribed until its connection is closed, and must not be written to.
      const send = (text: string) => void (response.writableEnded || response.write(text));
      const unsubscribe = events.subscribe((event) => {
        if (response.writableLength > MOST_WAITING) response.destroy();
        else send(frame(event));
      });
      const pings = setInterval(() => send(PING), PING_MS);
      const end = () => response.end();
      ends.add(end);
      response.on('close', () => {
        unsubscribe();
        clearInterval(pings);
        ends.delete(end);
      });
    },
  });
  return {
    router,
    close: () => {
      for (const end of ends) end();
    },
  };
}

/** Without an id, so that the reader's place stays; an event, since a comment is not seen by a page. */
const PING = 'event: ping\ndata: {}\n\n';

const frame = ({ id, event }: NumberedEvent): string =>
  `id: ${id}\nevent: ${event.type}\ndata: ${toJson(event.data)}\n\n`;
