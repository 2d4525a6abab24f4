import { z } from 'zod';
import { ok } from '../../domain/result.ts';
import { answer, type Route, route } from '../route.ts';

export const openApiRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This document',
    answers: { 200: answer('OpenAPI 3.1', z.looseObject({})) },
    failures: [],
    handle: ({ response }, { openApi }) => ok(openApi(response)),
  }),
];
