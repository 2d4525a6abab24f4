import { z } from 'zod';
import { type Route, route, written } from '../route.ts';

export const eventRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/events',
    operationId: 'listenToEvents',
    summary: 'What happens, as server-sent events',
    headers: ['Last-Event-ID'],
    answers: {
      200: written('message, repository, progress, reset and ping events', {
        'text/event-stream': z.string(),
      }),
    },
    failures: ['unavailable'],
    handle: ({ request, response }, { streams }) => {
      const problem = streams.open(request, response);
      return problem && { ok: false, failure: problem };
    },
  }),
];
