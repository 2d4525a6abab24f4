import { verificationSchema } from '../../contract/verification.ts';
import { answer, type Route, route } from '../route.ts';

export const verifyRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/verify',
    operationId: 'verify',
    summary: 'Whether mirror, clones and remotes agree; changes nothing',
    answers: { 200: answer('What was found', verificationSchema) },
    failures: ['busy', 'unavailable'],
    handle: (_call, { verify }) => verify(),
  }),
];
