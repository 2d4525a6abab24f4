import { sessionSchema } from '../../contract/session.ts';
import { ok } from '../../domain/result.ts';
import { answer, json, type Route, route } from '../route.ts';

export const sessionRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/session',
    operationId: 'signIn',
    summary: 'Sign in',
    access: 'open',
    body: json(sessionSchema, { limit: 16 * 1024 }),
    answers: { 204: answer('Signed in, by a cookie') },
    failures: [],
    handle: ({ request, response, body }, { access }) => access.signIn(request, response, body.token),
  }),
  route({
    method: 'delete',
    path: '/session',
    operationId: 'signOut',
    summary: 'Sign out',
    access: 'open',
    answers: { 204: answer('Signed out') },
    failures: [],
    handle: ({ request, response }, { access }) => {
      access.signOut(request, response);
      return ok(undefined);
    },
  }),
];
