import { Router } from 'express';
import { failureOf } from '../../services/adding.ts';
import type { Github } from '../../services/github.ts';
import type { RepositoryManager } from '../../services/repositories.ts';
import { methods } from '../methods.ts';
import { sendProblem } from '../problem.ts';
import { githubListSchema } from '../schemas.ts';
import { validate } from '../validate.ts';

/** What a page needs to let a person choose a repository: the account, and what it can see. */
export function githubRoutes(github: Github, repositories: RepositoryManager): Router {
  const router = Router();
  methods(router, '/github', {
    get: async (_request, response) => void response.json(await github.account()),
  });
  methods(router, '/github/repositories', {
    get: async (request, response) => {
      const asked = validate(githubListSchema, request.query);
      if (!asked.ok) return sendProblem(response, asked.failure);
      const { q = '', page = 1 } = asked.value;
      const targets = repositories.list().map(({ target }) => target);
      const listed = await github.repositories(q, page, targets);
      if (!listed.ok) return sendProblem(response, failureOf(listed.failure));
      response.json(listed.value);
    },
  });
  return router;
}
