import { healthSchema } from '../../contract/health.ts';
import { ok } from '../../domain/result.ts';
import { answer, type Route, route } from '../route.ts';

export const healthRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    summary: 'The state of the program',
    access: 'partly',
    answers: { 200: answer('Its health', healthSchema) },
    failures: [],
    /** Answers immediately, whatever else is going on. Without access, only `status` is included. */
    handle: ({ request }, { health, access }) => {
      const { status, ...more } = health();
      return ok(access.isAllowed(request) ? { status, ...more } : { status });
    },
  }),
];
