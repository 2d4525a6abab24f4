import { type Request, type Response, Router } from 'express';
import { isFailure, type SyncResult } from '../domain/repository.ts';
import type { RepositoryManager } from '../services/repositories.ts';
import { jsonBody } from './body.ts';
import { typeGuard } from './guards.ts';
import { methods } from './methods.ts';
import { sendProblem } from './problem.ts';
import { syncSchema } from './schemas.ts';
import { validate } from './validate.ts';

export function repositoryRoutes(repositories: RepositoryManager): Router {
  const router = Router();
  methods(router, '/repositories', {
    get: (_request, response) => void response.json(repositories.status()),
  });
  methods(router, '/repositories/:name', {
    get: (request, response) => {
      const repository = repositories.find(String(request.params.name));
      if (!repository) return unknownRepository(response, [String(request.params.name)]);
      response.json(repository.status());
    },
  });
  const json = typeGuard('application/json');
  methods(router, '/push', { post: [json, (request, response) => sync(request, response, 'push')] });
  methods(router, '/pull', { post: [json, (request, response) => sync(request, response, 'pull')] });

  async function sync(request: Request, response: Response, verb: 'push' | 'pull'): Promise<void> {
    const body = jsonBody(request, {});
    const parsed = body.ok ? validate(syncSchema, body.value) : body;
    if (!parsed.ok) return sendProblem(response, parsed.failure);
    const names = [...new Set(parsed.value.repositories ?? repositories.names())];
    const unknown = names.filter((name) => !repositories.find(name));
    if (unknown.length > 0) return unknownRepository(response, unknown);
    const results: SyncResult[] = await repositories[verb](names);
    response.status(results.some(({ status }) => isFailure(status)) ? 502 : 200).json({ results });
  }

  return router;
}

function unknownRepository(response: Response, names: readonly string[]): void {
  const list = names.map((name) => JSON.stringify(name)).join(', ');
  sendProblem(response, { code: 'unknown-repository', detail: `There is no repository ${list}.` });
}
