import type { RequestHandler, Router } from 'express';
import { sendProblem } from './problem.ts';

type Handlers = Partial<Record<'get' | 'post' | 'patch' | 'delete', RequestHandler | RequestHandler[]>>;

/** Registers what a path answers to; any other method is told which ones there are. */
export function methods(router: Router, path: string, handlers: Handlers): void {
  const route = router.route(path);
  for (const [method, handler] of Object.entries(handlers)) route[method as keyof Handlers]([handler].flat());
  const allowed = Object.keys(handlers).flatMap((method) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  route.all((_request, response) => {
    response.setHeader('Allow', allowed.join(', '));
    sendProblem(response, { code: 'method-not-allowed', detail: `This path takes ${allowed.join(', ')}.` });
  });
}
