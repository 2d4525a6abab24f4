import {
  GITHUB_FAILURES,
  githubAccountSchema,
  githubListQuery,
  githubPageSchema,
} from '../../contract/github.ts';
import { ok } from '../../domain/result.ts';
import { failureOf } from '../../services/adding.ts';
import { answer, type Route, route } from '../route.ts';

/** What a page needs to let a person choose a repository: the account, and the repositories that it can see. */
export const githubRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/github',
    operationId: 'getGithub',
    summary: 'The account of the token, and what GitHub says about it',
    answers: { 200: answer('The account, or why it is not known', githubAccountSchema) },
    failures: ['unavailable'],
    handle: async (_call, { github }) => ok(await github.account()),
  }),
  route({
    method: 'get',
    path: '/github/repositories',
    operationId: 'listGithubRepositories',
    summary: 'Repositories on GitHub to choose from',
    query: githubListQuery,
    answers: { 200: answer('A page of them', githubPageSchema) },
    failures: GITHUB_FAILURES,
    handle: async ({ query: { q = '', page = 1 } }, { github, repositories }) => {
      const targets = repositories.list().map(({ target }) => target);
      const listed = await github.repositories(q, page, targets);
      return listed.ok ? listed : { ok: false, failure: failureOf(listed.failure) };
    },
  }),
];
