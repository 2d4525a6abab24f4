import type { Request, RequestHandler, Response, Router } from 'express';
import type { Result } from '../domain/result.ts';
import { type BodyReaders, isBulk, jsonBody, NDJSON } from './body.ts';
import { BYTES, refuse, typeGuard } from './guards.ts';
import { type ProblemInput, sendProblem } from './problem.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';
import { validate } from './validate.ts';

/** Adds routes to a router. It validates requests, sends answers, and refuses other methods. */
export function addRoutes(
  router: Router,
  routes: readonly Route[],
  services: Services,
  readers: BodyReaders,
): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const place = router.route(path);
    const own = routes.filter((route) => route.path === path);
    for (const route of own) place[route.method](...handlersOf(route, services, readers));
    const allowed = own.flatMap(({ method }) =>
      method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
    );
    place.all(readers.any, (_request, response) => {
      response.setHeader('Allow', allowed.join(', '));
      sendProblem(response, {
        code: 'method-not-allowed',
        detail: `This path accepts only ${allowed.join(' and ')}.`,
      });
    });
  }
}

/** The media types that the body of a route may have. */
export function bodyTypesOf({ body, bulk }: Route): readonly string[] {
  if (body?.kind === 'raw') return [BYTES];
  return bulk ? ['application/json', NDJSON] : ['application/json'];
}

function handlersOf(route: Route, services: Services, readers: BodyReaders): RequestHandler[] {
  const { body, bulk } = route;
  const guard = typeGuard(bodyTypesOf(route));
  if (body?.kind === 'raw') return [guard, handlerOf(route, services)];
  return [bulk ? readers.any : readers.upTo(body?.limit), guard, handlerOf(route, services)];
}

function handlerOf(route: Route, services: Services): RequestHandler {
  return async (request, response) => {
    const result = await handle(route, services, request, response);
    if (!result) return;
    if (!result.ok) return refuse(request, response, result.failure);
    if (response.statusCode === 200) response.status(Number(Object.keys(route.answers)[0]));
    if (result.value === undefined) response.end();
    else response.json(result.value);
  };
}

async function handle(
  route: Route,
  services: Services,
  request: Request,
  response: Response,
): Promise<Result<unknown, ProblemInput> | undefined> {
  // Nothing would have been saved by a read.
  const lead = route.method === 'get' ? 'The request is not valid' : undefined;
  const query = route.query ? validate(route.query, request.query, undefined, lead) : undefined;
  if (query && !query.ok) return query;
  const call = { params: request.params, query: query?.value as never, request, response } as const;
  if (route.bulk && isBulk(request)) {
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return route.bulk({ ...call, body: bytes } as never, services);
  }
  const body = bodyOf(route, request);
  if (body && !body.ok) return body;
  return route.handle({ ...call, body: body?.value } as never, services);
}

function bodyOf({ body }: Route, request: Request): Result<unknown> | undefined {
  if (body?.kind !== 'json') return undefined;
  const given = jsonBody(request, body.isOptional ? {} : undefined);
  return given.ok ? validate(body.schema, given.value, body.together) : given;
}
