import { setImmediate as turn } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { given } from '../../domain/given.ts';
import { type Filter, parseSearch } from '../../domain/query.ts';
import type { Result } from '../../domain/result.ts';
import { toJson } from '../../domain/unicode.ts';
import type { Key } from '../../mirror/entry.ts';
import type { Messages, Stored } from '../../services/messages.ts';
import type { RepositoryManager } from '../../services/repositories.ts';
import {
  bulkBytes,
  hasTooManyLines,
  isBulk,
  jsonBody,
  linesOf,
  MOST_BULK_LINES,
  MOST_LINE_BYTES,
  NDJSON,
  parseJson,
} from '../body.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { typeGuard } from '../guards.ts';
import { methods } from '../methods.ts';
import { type ProblemInput, sendProblem, toProblem } from '../problem.ts';
import { pathTo } from '../public-address.ts';
import { editSchema, listSchema } from '../schemas.ts';
import { validate, validateDraft } from '../validate.ts';
import { endStream, writeChunk } from '../write-chunk.ts';

export interface MessageServices {
  readonly messages: Messages;
  readonly repositories: RepositoryManager;
}

/** So many lines of a bulk, or bytes of them, are on their way at once. */
const [MOST_UNDER_WAY, MOST_BYTES_UNDER_WAY] = [1000, 4 * 1024 * 1024];
/** So many lines, or bytes, are read or answered before others have a turn. */
const [LINES_A_TURN, BYTES_A_TURN] = [50, 128 * 1024];

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
    page.push({ key, json: toJson(message) });
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
    chunk += ndjson ? `${toJson(message)}\n` : `${first ? '' : ','}${toJson(message)}`;
    first = false;
    if (chunk.length < CHUNK) continue;
    if (!(await writeChunk(response, chunk))) return;
    chunk = '';
  }
  endStream(response, ndjson ? chunk : `${chunk}]`);
}

const CHUNK = 32 * 1024;

function wantsNdjson(request: Request, response: Response): boolean {
  const ndjson = request.accepts(['application/json', NDJSON]) === NDJSON;
  response.setHeader('Content-Type', ndjson ? `${NDJSON}; charset=utf-8` : 'application/json; charset=utf-8');
  response.setHeader('Vary', 'Accept');
  return ndjson;
}

/**
 * One result a line, in the order of the lines; a bad line spoils no other. Results are sent as they come. A client that
 * stops reading is waited for, and when it is gone, the lines that are not under way yet are not captured.
 */
async function sendBulk(messages: Messages, request: Request, response: Response): Promise<void> {
  const bytes = bulkBytes(request);
  if (await hasTooManyLines(bytes)) {
    const detail = `A bulk may have ${MOST_BULK_LINES.toLocaleString('en')} lines. Nothing was saved; send it in parts.`;
    return sendProblem(response, { code: 'too-large', detail });
  }
  response.setHeader('Content-Type', `${NDJSON}; charset=utf-8`);
  const underWay: UnderWay[] = [];
  let bytesUnderWay = 0;
  const sendFirst = async (): Promise<boolean> => {
    const first = underWay.splice(0, LINES_A_TURN);
    for (const { length } of first) bytesUnderWay -= length;
    const results = await Promise.all(first.map(({ result }) => result));
    return writeChunk(response, results.map((result) => `${toJson(result)}\n`).join(''));
  };
  let [lines, size] = [0, 0];
  for (const line of linesOf(bytes)) {
    if (line.length > 0) underWay.push(begin(messages, line));
    bytesUnderWay += line.length;
    lines += 1;
    size += line.length;
    // The next lines are read while git writes the ones before, and everybody else has a turn in between.
    if (line.length === 0 || lines >= LINES_A_TURN || size >= BYTES_A_TURN) {
      [lines, size] = [0, 0];
      await turn();
    }
    while (underWay.length >= MOST_UNDER_WAY || bytesUnderWay >= MOST_BYTES_UNDER_WAY) {
      if (!(await sendFirst())) return;
    }
  }
  while (underWay.length > 0) if (!(await sendFirst())) return;
  endStream(response);
}

/** A line of a bulk that is being captured, and how long it is in bytes. */
interface UnderWay {
  readonly length: number;
  readonly result: ReturnType<typeof createOne>;
}

/** Begins to capture a line. What goes wrong is seen when its turn to be answered comes, and until then by nobody. */
function begin(messages: Messages, line: Buffer): UnderWay {
  const result = createOne(messages, line);
  result.catch(() => undefined);
  return { length: line.length, result };
}

async function createOne(messages: Messages, line: Buffer) {
  if (line.length > MOST_LINE_BYTES) return refused(longLine);
  const body = parseJson(line);
  const draft = body.ok ? validateDraft(body.value) : body;
  const stored = draft.ok ? await messages.create(draft.value) : draft;
  if (stored.ok) return { status: stored.value.created ? 201 : 200, message: stored.value.message };
  return refused(stored.failure);
}

const longLine = {
  code: 'too-large',
  detail: 'A line of a bulk may have 1 MiB. This one was not saved.',
} as const;

function refused(failure: ProblemInput) {
  const problem = toProblem(failure);
  return { status: problem.status, problem };
}
