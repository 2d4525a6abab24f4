import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { isFailure, type SyncResult, type Target } from '../../domain/repository.ts';
import { fail, ok, type Result } from '../../domain/result.ts';
import { parseGithubName, parseLocation } from '../../domain/target.ts';
import { addRepository } from '../../services/adding.ts';
import type { Github } from '../../services/github.ts';
import type { RepositoryManager } from '../../services/repositories.ts';
import { jsonBody } from '../body.ts';
import { typeGuard } from '../guards.ts';
import { methods } from '../methods.ts';
import { sendProblem } from '../problem.ts';
import { pathTo } from '../public-address.ts';
import { addRepositorySchema, changeRepositorySchema, resolveSchema, syncSchema } from '../schemas.ts';
import { validate } from '../validate.ts';

export function repositoryRoutes(repositories: RepositoryManager, github: Github, githubUrl: string): Router {
  const router = Router();
  const json = typeGuard('application/json');
  methods(router, '/repositories', {
    get: async (_request, response) => {
      await repositories.look();
      response.json(repositories.status());
    },
    post: [
      json,
      async (request, response) => {
        const body = jsonBody(request);
        const asked = body.ok ? validate(addRepositorySchema, body.value) : body;
        if (!asked.ok) return sendProblem(response, asked.failure);
        const target = targetOf(asked.value, githubUrl);
        if (!target.ok) return sendProblem(response, target.failure);
        const { branch, create = false, private: isPrivate = true, confirm = false } = asked.value;
        const wanted = { target: target.value, branch, create, private: isPrivate, confirm };
        const added = await addRepository(repositories, github, wanted);
        if (!added.ok) return sendProblem(response, added.failure);
        const { repository, probe } = added.value;
        response
          .status(202)
          .location(pathTo(response, `/repositories/${repository.name}`))
          .json({ ...repository.status(), probe });
      },
    ],
  });
  methods(router, '/repositories/:name', {
    get: async (request, response) => {
      const repository = repositories.find(String(request.params.name));
      if (!repository) return unknownRepository(response, [String(request.params.name)]);
      await repositories.look(repository.name);
      response.json(repository.status());
    },
    patch: [
      json,
      async (request, response) => {
        const body = jsonBody(request);
        const change = body.ok ? validate(changeRepositorySchema, body.value) : body;
        if (!change.ok) return sendProblem(response, change.failure);
        const { name, branch } = change.value;
        const changed = await repositories.changeRepository(String(request.params.name), {
          ...(name === undefined ? {} : { name }),
          ...(branch === undefined ? {} : { branch }),
        });
        if (!changed.ok) return sendProblem(response, changed.failure);
        response.json(changed.value.status());
      },
    ],
    delete: [
      json,
      async (request, response) => {
        const removed = await repositories.removeRepository(String(request.params.name));
        if (!removed.ok) return sendProblem(response, removed.failure);
        response.status(204).end();
      },
    ],
  });
  methods(router, '/repositories/:name/resolve', {
    post: [
      json,
      async (request, response) => {
        const repository = repositories.find(String(request.params.name));
        if (!repository) return unknownRepository(response, [String(request.params.name)]);
        const body = jsonBody(request);
        const asked = body.ok ? validate(resolveSchema, body.value) : body;
        if (!asked.ok) return sendProblem(response, asked.failure);
        const resolved = await repository.resolveRewritten(asked.value.keep);
        if (!resolved.ok) return sendProblem(response, resolved.failure);
        response.json(repository.status());
      },
    ],
  });
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

/** The repository that a request to add one means. */
function targetOf(asked: z.infer<typeof addRepositorySchema>, githubUrl: string): Result<Target> {
  const { url, github, name } = asked;
  if ((url === undefined) === (github === undefined)) {
    const errors = [{ field: 'url', detail: 'either url or github must be given' }];
    return fail('invalid', 'Nothing was changed: either url or github must be given.', { errors });
  }
  const target = github === undefined ? parseLocation(url ?? '') : parseGithubName(github, githubUrl);
  if (!target.ok) {
    const field = github === undefined ? 'url' : 'github';
    const detail = `${field} ${target.failure.detail}`;
    return fail('invalid', `Nothing was changed: ${detail}.`, { errors: [{ field, detail }] });
  }
  return ok({ ...target.value, name: name ?? target.value.name });
}

function unknownRepository(response: Response, names: readonly string[]): void {
  const list = names.map((name) => JSON.stringify(name)).join(', ');
  sendProblem(response, { code: 'unknown-repository', detail: `There is no repository ${list}.` });
}
