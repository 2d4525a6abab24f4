import { Router } from 'express';
import type { Result } from '../../domain/result.ts';
import type { Verification } from '../../domain/verification.ts';
import { methods } from '../methods.ts';
import { sendProblem } from '../problem.ts';

export type VerificationSource = () => Promise<Result<Verification>>;

/** `GET /verify`: 200 whatever was found; `status` says whether anything is wrong. */
export function verifyRoute(verify: VerificationSource): Router {
  const router = Router();
  methods(router, '/verify', {
    get: async (_request, response) => {
      const verification = await verify();
      if (!verification.ok) return sendProblem(response, verification.failure);
      response.json(verification.value);
    },
  });
  return router;
}
