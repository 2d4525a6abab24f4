import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import { misfits, requestMisfits } from './github-description.ts';
import { type ApiRepository, branchObject, repositoryObject, userObject } from './github-objects.ts';

/** What goes wrong with the next requests; `times` says with how many, and without it with all. */
export type ApiFault = { readonly times?: number } & (
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'drop' }
);

export interface ApiOptions {
  /** The only one that is right. */
  readonly token: string;
  readonly login?: string;
  /** What a classic token may do; without them it is a fine-grained one. */
  readonly scopes?: readonly string[];
  /** As GitHub writes it: `2026-12-01 10:00:00 UTC`. */
  readonly expires?: string;
  /** Whether it may make repositories. */
  readonly mayCreate?: boolean;
  readonly organisations?: readonly string[];
  readonly repositories?: readonly ApiRepository[];
  /** Makes what the API is asked to make, where git is served from. */
  readonly onCreate?: (fullName: string) => Promise<unknown>;
}

interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export interface GithubApi {
  readonly url: string;
  readonly requests: ApiRequest[];
  readonly repositories: ApiRepository[];
  /** Makes the next requests go wrong; `undefined`: all is well again. */
  fault(fault: ApiFault | undefined): void;
  /** Lets nobody reach it. */
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const documented = 'https://docs.github.com/rest';
const refusal = (status: number, message: string): Reply => ({
  status,
  body: { message, documentation_url: documented, status: String(status) },
});

/**
 * Imitates GitHub's REST API for one token. Each of its answers is held to GitHub's own description, and each request
 * to it; the test fails in the end where one does not fit.
 */
export async function startGithubApi(options: ApiOptions): Promise<GithubApi> {
  const { token, login = 'ann' } = options;
  const repositories = [...(options.repositories ?? [])];
  const requests: ApiRequest[] = [];
  const wrong: string[] = [];
  let fault: ApiFault | undefined;
  let left = Number.POSITIVE_INFINITY;

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      wrong.push(String(error));
      response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const { pathname, searchParams, search } = new URL(request.url ?? '/', url());
    const body = method === 'POST' ? await json(request) : undefined;
    requests.push({ method, path: `${pathname}${search}`, authorization: headers.authorization, body });
    if (method === 'POST') wrong.push(...requestMisfits(method, pathname, body));

    const now = left > 0 ? fault : undefined;
    left -= 1;
    if (now?.kind === 'drop') return void response.destroy();
    if (now?.kind === 'html') {
      response.writeHead(now.status ?? 200, { 'Content-Type': 'text/html' });
      return void response.end('<!doctype html><title>Please sign in</title>');
    }
    const reply =
      now?.kind === 'status'
        ? { ...refusal(now.status, now.message ?? 'No'), headers: now.headers ?? {} }
        : now?.kind === 'redirect'
          ? { ...refusal(301, 'Moved Permanently'), headers: { Location: now.to } }
          : await replyTo(method, pathname, searchParams, headers, body);
    if (now === undefined) wrong.push(...misfits(method, pathname, reply.status, reply.body));
    response.writeHead(reply.status, {
      'Content-Type': 'application/json; charset=utf-8',
      'X-RateLimit-Limit': '5000',
      'X-RateLimit-Remaining': '4999',
      'X-RateLimit-Reset': String(Math.floor(Date.now() / 1000) + 3600),
      ...(options.scopes === undefined ? {} : { 'X-OAuth-Scopes': options.scopes.join(', ') }),
      ...(options.expires === undefined ? {} : { 'github-authentication-token-expiration': options.expires }),
      ...reply.headers,
    });
    response.end(JSON.stringify(reply.body));
  }

  async function replyTo(
    method: string,
    path: string,
    query: URLSearchParams,
    headers: IncomingMessage['headers'],
    body: unknown,
  ): Promise<Reply> {
    if (!headers['user-agent']) return refusal(403, 'Request forbidden by administrative rules.');
    const isKnown = headers.authorization === `Bearer ${token}`;
    if (headers.authorization !== undefined && !isKnown) return refusal(401, 'Bad credentials');
    const [, owner, name, more] = /^\/repos\/([^/]+)\/([^/]+)(\/branches)?$/.exec(path) ?? [];
    if (owner !== undefined) {
      const perPage = Number(query.get('per_page') ?? 30);
      return repositoryReply(`${owner}/${name}`, more === undefined ? undefined : perPage, isKnown);
    }
    if (!isKnown) return refusal(401, 'Requires authentication');
    if (method === 'POST') return createReply(path, body as { name: string; private?: boolean });
    if (path === '/user') return { status: 200, body: userObject(url(), login) };
    if (path !== '/user/repos') return refusal(404, 'Not Found');
    const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
    const some = repositories.slice((page - 1) * size, page * size);
    return { status: 200, body: some.map((one) => repositoryObject(url(), one, true)) };
  }

  /** @param branches how many branches are asked for; the repository itself where they are not */
  function repositoryReply(fullName: string, branches: number | undefined, isKnown: boolean): Reply {
    const found = repositories.find((one) => one.fullName.toLowerCase() === fullName.toLowerCase());
    if (!found || (!isKnown && found.visibility !== 'public')) return refusal(404, 'Not Found');
    if (branches === undefined) return { status: 200, body: repositoryObject(url(), found, isKnown) };
    const first = (found.branches ?? []).slice(0, branches);
    const body = first.map(({ name, protected: isProtected = false }) =>
      branchObject(url(), found.fullName, name, isProtected),
    );
    return { status: 200, body };
  }

  async function createReply(
    path: string,
    asked: { readonly name: string; readonly private?: boolean },
  ): Promise<Reply> {
    const organisation = /^\/orgs\/([^/]+)\/repos$/.exec(path)?.[1];
    if (organisation !== undefined && !options.organisations?.includes(organisation))
      return refusal(404, 'Not Found');
    if (options.mayCreate === false) {
      const isClassic = options.scopes !== undefined;
      return isClassic
        ? refusal(404, 'Not Found')
        : refusal(403, 'Resource not accessible by personal access token');
    }
    const fullName = `${organisation ?? login}/${asked.name}`;
    if (repositories.some((one) => one.fullName === fullName)) {
      const message = 'name already exists on this account';
      const errors = [{ resource: 'Repository', code: 'custom', field: 'name', message }];
      return {
        status: 422,
        body: { message: 'Repository creation failed.', errors, documentation_url: documented },
      };
    }
    const made: ApiRepository = { fullName, visibility: asked.private ? 'private' : 'public' };
    repositories.unshift(made);
    await options.onCreate?.(fullName);
    return { status: 201, body: repositoryObject(url(), made, true) };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  function url(): string {
    return `http://127.0.0.1:${port}`;
  }
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(async () => {
    await close();
    expect(wrong, 'what does not fit the description of GitHub').toEqual([]);
  });
  return {
    url: url(),
    requests,
    repositories,
    close,
    fault(next) {
      fault = next;
      left = next?.times ?? Number.POSITIVE_INFINITY;
    },
  };
}
