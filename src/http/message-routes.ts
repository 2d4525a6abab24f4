import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { given } from '../domain/given.ts';
import { type Filter, parseSearch } from '../domain/query.ts';
import type { Result } from '../domain/result.ts';
import type { Key } from '../mirror/entry.ts';
import type { Messages, Stored } from '../services/messages.ts';
import type { RepositoryManager } from '../services/repositories.ts';
import { bulkLines, isBulk, jsonBody, NDJSON, parseJson } from './body.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { typeGuard } from './guards.ts';
import { methods } from './methods.ts';
import { sendProblem, toProblem } from './problem.ts';
import { pathTo } from './public-address.ts';
import { editSchema, listSchema } from './schemas.ts';
import { validate, validateDraft } from './validate.ts';

export interface MessageServices {
  readonly messages: Messages;
  readonly repositories: RepositoryManager;
}

/** So many lines of a bulk are on their way at once, and so many are read or answered before others have a turn. */
const [MOST_UNDER_WAY, LINES_A_TURN] = [1000, 50];

export function messageRoutes({ messages, repositories }: MessageServices): Router {
  const router = Router();
  methods(router, '/messages', {
    get: async (request, response) => {
      const list = validate(listSchema, request.query);
      if (!list.ok) return sendProblem(response, list.failure);
      const { limit, cursor, q, ...fields } = list.value;
      const before = cursor === undefined ? undefined : readCursor(cursor);
      if (before === null) return sendProblem(response, badCursor);
      if (fields.repository !== undefined && !repositories.find(fields.repository)) {
        const detail = `There is no repository ${JSON.stringify(fields.repository)}.`;
        return sendProblem(response, { code: 'unknown-repository', detail });
      }
      const ready = await messages.ready(fields.repository);
      if (!ready.ok) return sendProblem(response, ready.failure);
      const filter = { ...given(fields), terms: parseSearch(q ?? '') };
      if (limit === undefined) return sendAll(messages, filter, before, request, response);
      await sendPage(messages, filter, before, limit, request, response);
    },
    post: [
      typeGuard('application/json', NDJSON),
      async (request, response) => {
        if (isBulk(request)) return sendBulk(messages, request, response);
        const body = jsonBody(request);
        const draft = body.ok ? validateDraft(body.value) : body;
        const stored = draft.ok ? await messages.create(draft.value) : draft;
        sendStored(response, stored);
      },
    ],
  });
  methods(router, '/messages/:id', {
    get: async (request, response) => {
      const stored = await messages.get(idOf(request));
      if (stored.ok && request.headers['if-none-match'] === stored.value.tag)
        return void response.status(304).end();
      sendStored(response, stored);
    },
    patch: [
      typeGuard('application/json'),
      async (request, response) => {
        const body = jsonBody(request);
        const parsed = body.ok ? validate(editSchema, body.value) : body;
        if (!parsed.ok) return sendProblem(response, parsed.failure);
        const { confirm = false, ...edit } = parsed.value;
        const ifMatch = request.headers['if-match'];
        sendStored(response, await messages.edit(idOf(request), { edit: given(edit), confirm, ifMatch }));
      },
    ],
    delete: [
      typeGuard('application/json'),
      async (request, response) => {
        const deleted = await messages.delete(idOf(request), request.headers['if-match']);
        if (!deleted.ok) return sendProblem(response, deleted.failure);
        response.status(204).end();
      },
    ],
  });
  methods(router, '/messages/:id/history', {
    get: async (request, response) => {
      const history = await messages.history(idOf(request));
      if (!history.ok) return sendProblem(response, history.failure);
      response.json(history.value);
    },
  });
  return router;
}

const badCursor = {
  code: 'invalid',
  detail: 'The cursor is none that this server gave.',
  errors: [{ field: 'cursor', detail: 'cursor must come from a Link header' }],
} as const;

const idOf = (request: Request): string => String(request.params.id).toLowerCase();

function sendStored(response: Response, stored: Result<Stored>): void {
  if (!stored.ok) {
    sendProblem(response, stored.failure);
    return;
  }
  const { created, message, tag } = stored.value;
  response.setHeader('ETag', tag);
  if (created && response.req.method === 'POST') {
    response.status(201).location(pathTo(response, `/messages/${message.id}`));
  }
  response.json(message);
}

async function sendPage(
  messages: Messages,
  filter: Filter,
  before: Key | undefined,
  limit: number,
  request: Request,
  response: Response,
): Promise<void> {
  const page: { key: Key; json: string }[] = [];
  let more = false;
  for await (const { key, message } of messages.query(filter, before)) {
    more = page.length === limit;
    if (more) break;
    page.push({ key, json: JSON.stringify(message) });
  }
  const last = page.at(-1);
  if (more && last) {
    const query = new URLSearchParams(request.query as Record<string, string>);
    query.set('cursor', writeCursor(last.key));
    response.setHeader('Link', `<${pathTo(response, '/messages')}?${query}>; rel="next"`);
  }
  const lines = page.map(({ json }) => json);
  if (wantsNdjson(request, response)) response.send(lines.map((line) => `${line}\n`).join(''));
  else response.send(`[${lines.join(',')}]`);
}

/** Streams everything; who reads slowly is waited for, so that memory stays flat. */
async function sendAll(
  messages: Messages,
  filter: Filter,
  before: Key | undefined,
  request: Request,
  response: Response,
): Promise<void> {
  const ndjson = wantsNdjson(request, response);
  let chunk = ndjson ? '' : '[';
  let first = true;
  for await (const { message } of messages.query(filter, before)) {
    chunk += ndjson ? `${JSON.stringify(message)}\n` : `${first ? '' : ','}${JSON.stringify(message)}`;
    first = false;
    if (chunk.length < CHUNK) continue;
    if (!(await writeChunk(response, chunk))) return;
    chunk = '';
  }
  response.end(ndjson ? chunk : `${chunk}]`);
}

const CHUNK = 32 * 1024;

/** Whether the reader is still there to take more. */
async function writeChunk(response: Response, chunk: string): Promise<boolean> {
  if (response.write(chunk)) return !response.destroyed;
  const settled = new AbortController();
  const { signal } = settled;
  const either = ['drain', 'close'].map((event) => once(response, event, { signal }));
  await Promise.race(either).catch(() => undefined);
  settled.abort();
  await Promise.allSettled(either);
  return !response.destroyed;
}

function wantsNdjson(request: Request, response: Response): boolean {
  const ndjson = request.accepts(['application/json', NDJSON]) === NDJSON;
  response.setHeader('Content-Type', ndjson ? `${NDJSON}; charset=utf-8` : 'application/json; charset=utf-8');
  response.setHeader('Vary', 'Accept');
  return ndjson;
}

/** One result a line, in the order of the lines; a bad line spoils no other. */
async function sendBulk(messages: Messages, request: Request, response: Response): Promise<void> {
  response.setHeader('Content-Type', `${NDJSON}; charset=utf-8`);
  const underWay: ReturnType<typeof createOne>[] = [];
  const sendFirst = async (): Promise<boolean> => {
    const results = await Promise.all(underWay.splice(0, LINES_A_TURN));
    return writeChunk(response, results.map((result) => `${JSON.stringify(result)}\n`).join(''));
  };
  for (const line of bulkLines(request)) {
    underWay.push(createOne(messages, line));
    // What is read of the lines goes on while git writes those before, and everybody else has their turn in between.
    if (underWay.length % LINES_A_TURN === 0) await turn();
    if (underWay.length >= MOST_UNDER_WAY && !(await sendFirst())) return;
  }
  while (underWay.length > 0) if (!(await sendFirst())) return;
  response.end();
}

async function createOne(messages: Messages, line: Buffer) {
  const body = parseJson(line);
  const draft = body.ok ? validateDraft(body.value) : body;
  const stored = draft.ok ? await messages.create(draft.value) : draft;
  if (stored.ok) return { status: stored.value.created ? 201 : 200, message: stored.value.message };
  const problem = toProblem(stored.failure);
  return { status: problem.status, problem };
}
