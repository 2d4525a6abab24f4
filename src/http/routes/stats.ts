import { Router } from 'express';
import { given } from '../../domain/given.ts';
import { methods } from '../methods.ts';
import { sendProblem } from '../problem.ts';
import { statsQuerySchema } from '../schemas.ts';
import { validate } from '../validate.ts';
import type { MessageServices } from './messages.ts';

/** `GET /stats`: how many messages there are, by day, author and repository. */
export function statsRoute({ messages, repositories }: MessageServices): Router {
  const router = Router();
  methods(router, '/stats', {
    get: async (request, response) => {
      const asked = validate(statsQuerySchema, request.query);
      if (!asked.ok) return sendProblem(response, asked.failure);
      const { zone = 'UTC', ...question } = asked.value;
      if (question.repository !== undefined && !repositories.find(question.repository)) {
        const detail = `There is no repository ${JSON.stringify(question.repository)}.`;
        return sendProblem(response, { code: 'unknown-repository', detail });
      }
      const stats = await messages.stats({ ...given(question), zone });
      if (!stats.ok) return sendProblem(response, stats.failure);
      response.json(stats.value);
    },
  });
  return router;
}
