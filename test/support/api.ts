import { expect } from 'vitest';

/** What one repository holds of a message. */
export interface Delivery {
  repository: string;
  commit: string | null;
  state: 'committed' | 'pushed' | 'outdated';
}

/** A file as a message names it. */
export interface NamedFile {
  sha256: string;
  name: string;
  type: string;
  size: number;
}

/** A message as the API answers it. */
export interface Message {
  id: string;
  revision: number;
  author: string;
  type: string;
  language?: string;
  url?: string;
  done?: boolean;
  text: string;
  replyTo?: string;
  attachments?: readonly NamedFile[];
  createdAt: string;
  updatedAt?: string;
  deletedAt?: string;
  tags: string[];
  conflict?: true;
  deliveries: Delivery[];
}

/** One revision as the API answers it. */
export interface Revision extends Omit<Message, 'tags' | 'conflict' | 'deliveries'> {
  parents?: string[];
  commits: Array<{
    repository: string;
    commit: string | null;
    committer?: string;
    committedAt?: string;
    device?: string;
  }>;
  head?: true;
}

export interface RepositoryStatus {
  name: string;
  url: string;
  branch: string;
  primary: boolean;
  messages: number;
  ahead: number;
  behind: number;
  head: string | null;
  remoteHead: string | null;
  state: string;
  lastSync: string | null;
  problems: Array<{ file: string; line: number | null; reason: string }>;
  error: { detail: string; action: string } | null;
}

export interface SyncResult {
  repository: string;
  status: string;
  pushed: number;
  pulled: number;
  head: string | null;
  detail: string;
  action: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: Array<{ field: string; detail: string }>;
  id?: string;
  deliveries?: Delivery[];
}

/** What came back for one request. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, as whatever the caller expects it to be. */
  json<Body>(): Body;
}

export interface RequestOptions {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with the content type that `headers` name. */
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
}

/** A small client of the API; those that answer a message or a list expect that it goes well. */
export interface Api {
  url: string;
  send(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(draft: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(id: string, edit: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(id: string): Promise<Answer>;
  /** Sends lines as one bulk; objects become JSON. */
  bulk(lines: readonly unknown[]): Promise<Array<{ status: number; message?: Message; problem?: Problem }>>;
  create(draft: object): Promise<Message>;
  edit(id: string, edit: object): Promise<Message>;
  message(id: string): Promise<Message>;
  messages(query?: string): Promise<Message[]>;
  history(id: string): Promise<Revision[]>;
  repository(name?: string): Promise<RepositoryStatus>;
  /** Answers the one result of a sync of one repository, whatever came of it. */
  sync(verb: 'push' | 'pull', name?: string): Promise<SyncResult>;
}

/** @param headers are sent with each request */
export function apiAt(url: string, headers: Record<string, string> = {}): Api {
  const send: Api['send'] = async (method, path, options = {}) => {
    const body = options.raw ?? (options.json === undefined ? null : JSON.stringify(options.json));
    const type: Record<string, string> =
      options.json === undefined ? {} : { 'Content-Type': 'application/json' };
    const all = { ...headers, ...type, ...options.headers };
    const response = await fetch(`${url}${path}`, { method, body, headers: all, redirect: 'manual' });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: <Body>() => JSON.parse(text) as Body,
    };
  };
  const api: Api = {
    url,
    send,
    get: (path, more = {}) => send('GET', path, { headers: more }),
    post: (draft, more = {}) => send('POST', '/messages', { json: draft, headers: more }),
    patch: (id, edit, more = {}) => send('PATCH', `/messages/${id}`, { json: edit, headers: more }),
    delete: (id) => send('DELETE', `/messages/${id}`),
    async bulk(lines) {
      const raw = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
      const answer = await send('POST', '/messages', { raw: `${raw}\n`, headers: ndjson });
      expect(answer.status, answer.text).toBe(200);
      return linesOfJson(answer.text);
    },
    create: async (draft) => expected<Message>(await api.post(draft), 201),
    edit: async (id, edit) => expected<Message>(await api.patch(id, edit), 200),
    message: async (id) => expected<Message>(await api.get(`/messages/${id}`), 200),
    messages: async (query = '') => expected<Message[]>(await api.get(`/messages${query}`), 200),
    history: async (id) => expected<Revision[]>(await api.get(`/messages/${id}/history`), 200),
    repository: async (name = 'messages') =>
      expected<RepositoryStatus>(await api.get(`/repositories/${name}`), 200),
    async sync(verb, name = 'messages') {
      const answer = await send('POST', `/${verb}`, { json: { repositories: [name] } });
      const { results } = answer.json<{ results: SyncResult[] }>();
      expect(results, answer.text).toHaveLength(1);
      const result = results[0] as SyncResult;
      const isWell = ['pushed', 'pulled', 'up-to-date'].includes(result.status);
      expect(answer.status, answer.text).toBe(isWell ? 200 : 502);
      expect(result.repository).toBe(name);
      return result;
    },
  };
  return api;
}

export const ndjson = { 'Content-Type': 'application/x-ndjson' };

/** The JSON of each line of an NDJSON text. */
export function linesOfJson<Value>(text: string): Value[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Value);
}

/** The body of an answer that must have this status. */
export function expected<Body>(answer: Answer, status: number): Body {
  expect(answer.status, answer.text).toBe(status);
  return answer.json<Body>();
}

/** Judges the one shape of every error, and answers it. */
export function problemOf(answer: Pick<Answer, 'status' | 'headers' | 'text'>, status: number): Problem {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  const problem = JSON.parse(answer.text) as Problem;
  expect(problem).toMatchObject({
    type: expect.stringMatching(/\S/),
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
  });
  for (const error of problem.errors ?? []) {
    expect(error).toEqual({ field: expect.any(String), detail: expect.stringMatching(/\S/) });
  }
  expect(answer.text).not.toMatch(/\bat \S+ \(|\bat (file|node):|node_modules|\.[jt]s:\d/);
  return problem;
}

/** The delivery of a message to one repository. */
export function deliveryTo(message: Message, repository = 'messages'): Delivery {
  const delivery = message.deliveries.find((one) => one.repository === repository);
  expect(delivery, JSON.stringify(message)).toBeDefined();
  return delivery as Delivery;
}

/** The commit of a message in one repository, which must be known. */
export function commitOf(message: Message, repository = 'messages'): string {
  const { commit } = deliveryTo(message, repository);
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  return commit as string;
}
