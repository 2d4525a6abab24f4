import { setTimeout as delay } from 'node:timers/promises';
import { request } from '@octokit/request';
import type { z } from 'zod';
import type { GithubTrouble } from '../domain/github.ts';
import { ok, type Result } from '../domain/result.ts';
import { type Headers, limitOf } from './limit.ts';
import {
  limitTrouble,
  refusalTrouble,
  strangerTrouble,
  unreachableTrouble,
  unsendableTrouble,
} from './trouble.ts';

export interface GithubAccess {
  /** The token is sent to this origin and to no other. */
  readonly apiUrl: string;
  /** Called again for each request. */
  readonly token: () => string | undefined;
}

export interface Answer<Value> {
  readonly value: Value;
  readonly headers: Headers;
}

export type Asked<Value> = Result<Value, GithubTrouble>;

interface Raw {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
}

const ANSWER_MS = 10_000;
/** How many seconds a request may wait for a rate limit to end. */
const PATIENCE_S = 3;
const MOST_TRIES = 3;
const MOST_REDIRECTS = 2;
const MOST_WORDS = 300;

const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Asks GitHub's REST API. Anything that goes wrong is returned as a value that contains no secret. */
export class GithubClient {
  readonly #access: GithubAccess;
  /** GitHub punishes clients that ignore a rate limit, so nothing is requested with that token until it ends. */
  #limited: { readonly token: string | undefined; readonly until: number } | undefined;

  constructor(access: GithubAccess) {
    this.#access = access;
  }

  /** The current token. It is only for comparing tokens, and must never be shown. */
  get token(): string | undefined {
    return this.#access.token();
  }

  /**
   * Makes one request, such as `GET /repos/{owner}/{repo}`, and parses the parts of the answer that are in `schema`.
   * If a rate limit ends within {@link PATIENCE_S} seconds, waits for it.
   */
  async ask<Schema extends z.ZodType>(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    schema: Schema,
  ): Promise<Asked<Answer<z.infer<Schema>>>> {
    const token = this.#access.token();
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) return refuse(unsendableTrouble);
    let patience = PATIENCE_S;
    for (let tries = 1; ; tries += 1) {
      const left = this.#secondsLeft(token);
      if (left > 0) return refuse(limitTrouble(left, token !== undefined));
      const sent = await this.#follow(route, parameters, token);
      if (!sent.ok) return sent;
      const { status, headers, data } = sent.value;
      const said = saidBy(data, token);
      const limit = limitOf(status, headers, said, Date.now());
      if (limit === undefined) {
        if (status >= 300) return refuse(refusalOf(sent.value, said, token, this.#access.apiUrl));
        const read = schema.safeParse(data);
        return read.success
          ? ok({ value: read.data, headers })
          : refuse(strangerTrouble(this.#access.apiUrl));
      }
      patience -= limit;
      if (patience < 0 || tries === MOST_TRIES) {
        this.#limited = { token, until: Date.now() + limit * 1000 };
        return refuse(limitTrouble(limit, token !== undefined));
      }
      await delay(limit * 1000);
    }
  }

  #secondsLeft(token: string | undefined): number {
    if (!this.#limited || this.#limited.token !== token) return 0;
    return Math.ceil((this.#limited.until - Date.now()) / 1000);
  }

  /** Sends a request and follows redirects within the same origin, as for a renamed repository. */
  async #follow(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    token: string | undefined,
  ): Promise<Asked<Raw>> {
    let sent = await this.#send(route, parameters, token);
    for (let count = 1; sent.ok && route.startsWith('GET ') && count <= MOST_REDIRECTS; count += 1) {
      const next = this.#nextOf(sent.value);
      if (next === undefined) break;
      sent = await this.#send(`GET ${next}`, {}, token);
    }
    return sent;
  }

  #nextOf({ status, headers }: Raw): string | undefined {
    if (![301, 302, 307, 308].includes(status) || !URL.canParse(String(headers.location))) return undefined;
    const next = new URL(String(headers.location));
    return next.origin === new URL(this.#access.apiUrl).origin ? next.href : undefined;
  }

  async #send(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    token: string | undefined,
  ): Promise<Asked<Raw>> {
    try {
      const { status, headers, data } = await request(route, {
        ...parameters,
        baseUrl: this.#access.apiUrl,
        headers: {
          accept: 'application/vnd.github+json',
          'user-agent': 'gitpost',
          'x-github-api-version': '2022-11-28',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        // A redirect is checked first, since the token must not be sent to another host.
        request: { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS), log: SILENT },
      });
      return ok({ status, headers: headers as Headers, data });
    } catch (error) {
      const response = (error as { response?: Raw }).response;
      return response ? ok(response) : refuse(unreachableTrouble(this.#access.apiUrl, error));
    }
  }
}

const refuse = (failure: GithubTrouble): { readonly ok: false; readonly failure: GithubTrouble } => ({
  ok: false,
  failure,
});

function refusalOf(raw: Raw, said: string, token: string | undefined, apiUrl: string): GithubTrouble {
  // A proxy or a sign-in page may refuse as well, but GitHub's refusals are JSON.
  const isGithub = typeof raw.data === 'object' || raw.status >= 500 || raw.status < 400;
  if (!isGithub) return strangerTrouble(apiUrl);
  return refusalTrouble({ status: raw.status, headers: raw.headers, said, hasToken: token !== undefined });
}

/** GitHub's own message, shortened and made safe, whatever it contains. */
function saidBy(data: unknown, token: string | undefined): string {
  if (typeof data !== 'object' || data === null) return '';
  const { message, errors } = data as { message?: unknown; errors?: unknown };
  const more = Array.isArray(errors)
    ? errors.map((error) => (error as { message?: unknown } | null)?.message)
    : [];
  const words = [message, ...more].filter((word) => typeof word === 'string').join('; ');
  const clean = words.replace(/\p{C}+/gu, ' ').trim();
  return (token === undefined ? clean : clean.replaceAll(token, '…')).slice(0, MOST_WORDS);
}

function ignore(): void {
  // What octokit would print is either reported in our own words or of no use to a person.
}
