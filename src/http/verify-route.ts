import { Router } from 'express';
import type { Verification } from '../domain/verification.ts';
import { methods } from './methods.ts';

export type VerificationSource = () => Promise<Verification>;

/** `GET /verify`: 200 whatever was found; `status` says whether anything is wrong. */
export function verifyRoute(verify: VerificationSource): Router {
  const router = Router();
  methods(router, '/verify', { get: async (_request, response) => void response.json(await verify()) });
  return router;
}
