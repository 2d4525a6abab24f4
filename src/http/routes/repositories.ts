import { z } from 'zod';
import { GITHUB_FAILURES } from '../../contract/github.ts';
import {
  type AddRepository,
  addedRepositorySchema,
  addRepositorySchema,
  changeRepositorySchema,
  repositorySchema,
  resolveSchema,
  syncResultsSchema,
  syncSchema,
} from '../../contract/repository.ts';
import { isFailure, type Target } from '../../domain/repository.ts';
import { fail, ok, type Result } from '../../domain/result.ts';
import { parseGithubName, parseLocation } from '../../domain/target.ts';
import { addRepository, changeRemote, type Wanted } from '../../services/adding.ts';
import { unknownRepository } from '../../services/unknown-repository.ts';
import { pathTo } from '../public-address.ts';
import { answer, json, type Route, route } from '../route.ts';

const sync = (verb: 'push' | 'pull', summary: string): Route =>
  route({
    method: 'post',
    path: `/${verb}`,
    operationId: verb,
    summary,
    body: json(syncSchema, { isOptional: true }),
    answers: {
      200: answer('All went well', syncResultsSchema),
      502: answer('A repository failed; the body says which', syncResultsSchema),
    },
    failures: ['unknown-repository', 'unavailable'],
    handle: async ({ body, response }, { repositories }) => {
      const names = [...new Set(body.repositories ?? repositories.names())];
      const unknown = names.filter((name) => !repositories.find(name));
      if (unknown.length > 0) return unknownRepository(unknown, repositories);
      const results = await repositories[verb](names);
      if (results.some(({ status }) => isFailure(status))) response.status(502);
      return ok({ results });
    },
  });

const status = answer('Its status', repositorySchema);

export const repositoryRoutes: readonly Route[] = [
  sync('push', 'Fetch, merge and push'),
  sync('pull', 'Fetch and merge'),
  route({
    method: 'get',
    path: '/repositories',
    operationId: 'listRepositories',
    summary: 'All repositories',
    answers: { 200: answer('Their status', z.array(repositorySchema)) },
    failures: ['unavailable'],
    handle: async (_call, { repositories }) => {
      await repositories.refreshDetails();
      return ok(repositories.status());
    },
  }),
  route({
    method: 'post',
    path: '/repositories',
    operationId: 'addRepository',
    summary: 'Add a repository',
    body: json(addRepositorySchema),
    answers: { 202: answer('Its clone is being made', addedRepositorySchema) },
    failures: ['repository-exists', 'public-repository', 'busy', 'unavailable', ...GITHUB_FAILURES],
    handle: async ({ body, response }, { repositories, github, githubUrl }) => {
      const target = targetOf(body, githubUrl);
      if (!target.ok) return target;
      const added = await addRepository(repositories, github, wantedOf(target.value, body));
      if (!added.ok) return added;
      const { repository, probe } = added.value;
      response.location(pathTo(response, `/repositories/${repository.name}`));
      return ok({ ...repository.status(), probe });
    },
  }),
  route({
    method: 'post',
    path: '/repositories/:name/resolve',
    operationId: 'resolveRepository',
    summary: 'Say which side of a rewritten history to keep',
    body: json(resolveSchema),
    answers: { 200: status },
    failures: ['unknown-repository', 'not-rewritten', 'busy', 'unavailable'],
    handle: async ({ params: { name }, body }, { repositories }) => {
      const repository = repositories.find(name);
      if (!repository) return unknownRepository([name], repositories);
      const resolved = await repository.resolveRewritten(body.keep);
      return resolved.ok ? ok(repository.status()) : resolved;
    },
  }),
  route({
    method: 'get',
    path: '/repositories/:name',
    operationId: 'getRepository',
    summary: 'A repository',
    answers: { 200: status },
    failures: ['unknown-repository', 'unavailable'],
    handle: async ({ params: { name } }, { repositories }) => {
      const repository = repositories.find(name);
      if (!repository) return unknownRepository([name], repositories);
      await repositories.refreshDetails(repository.name);
      return ok(repository.status());
    },
  }),
  route({
    method: 'patch',
    path: '/repositories/:name',
    operationId: 'changeRepository',
    summary: 'Change its branch, its name or its remote',
    body: json(changeRepositorySchema),
    answers: { 200: status },
    failures: [
      'unknown-repository',
      'repository-exists',
      'public-repository',
      'fixed-by-environment',
      'checkout-refused',
      'busy',
      'unavailable',
      ...GITHUB_FAILURES,
    ],
    handle: async ({ params: { name }, body }, { repositories, github, githubUrl }) => {
      if (body.url !== undefined || body.github !== undefined) {
        const target = targetOf(body, githubUrl);
        if (!target.ok) return target;
        const moved = await changeRemote(repositories, github, name, wantedOf(target.value, body));
        if (!moved.ok) return moved;
      }
      const changed = await repositories.membership.change(name, body);
      return changed.ok ? ok(changed.value.status()) : changed;
    },
  }),
  route({
    method: 'delete',
    path: '/repositories/:name',
    operationId: 'removeRepository',
    summary: 'Remove it from the list; its clone stays on disk',
    answers: { 204: answer('It is no longer in the list') },
    failures: ['unknown-repository', 'fixed-by-environment', 'busy', 'unavailable'],
    handle: async ({ params: { name } }, { repositories }) => {
      const removed = await repositories.membership.remove(name);
      return removed.ok ? ok(undefined) : removed;
    },
  }),
];

function wantedOf(target: Target, asked: AddRepository): Wanted {
  const { branch, create = false, private: isPrivate = true, confirm = false } = asked;
  return { target, branch, create, private: isPrivate, confirm };
}

/** The target meant by a request to add a repository or to change its remote. */
function targetOf(asked: AddRepository, githubUrl: string): Result<Target> {
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
