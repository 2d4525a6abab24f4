import { type Request, Router } from 'express';
import { methods } from '../methods.ts';

export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly reasons?: readonly string[];
  readonly version: string;
  readonly git: string;
  readonly counts: { readonly messages: number; readonly repositories: number };
}

export type HealthSource = () => Health;

/** `GET /health`: answers at once, whatever goes on; who has no access is told no more than `status`. */
export function healthRoute(health: HealthSource, isAllowed: (request: Request) => boolean): Router {
  const router = Router();
  methods(router, '/health', {
    get: (request, response) => {
      const { status, ...more } = health();
      response.json(isAllowed(request) ? { status, ...more } : { status });
    },
  });
  return router;
}
