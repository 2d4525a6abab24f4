import type { Request, Response } from 'express';
import type { Message } from '../contract/message.ts';
import { toJson } from '../domain/unicode.ts';
import type { Key } from '../mirror/entry.ts';
import { NDJSON } from './body.ts';
import { writeCursor } from './cursor.ts';
import { pathTo } from './public-address.ts';
import { endStream, writeChunk } from './write-chunk.ts';

/** Messages in the order in which they are sent. */
type Found = AsyncIterable<{ readonly key: Key; readonly message: Message }>;

/**
 * Sends at most `limit` messages, with a link to the next ones if there are more.
 *
 * @param past the name of the past that they are of, if it is not the present
 */
export async function sendPage(
  found: Found,
  limit: number,
  request: Request,
  response: Response,
  past?: string,
): Promise<void> {
  const page: { key: Key; json: string }[] = [];
  let more = false;
  for await (const { key, message } of found) {
    more = page.length === limit;
    if (more) break;
    page.push({ key, json: toJson(message) });
  }
  const last = page.at(-1);
  if (more && last) {
    const query = new URLSearchParams(request.query as Record<string, string>);
    query.set('cursor', writeCursor(last.key, past));
    // Digits that match one commit now can match several later.
    if (past !== undefined) query.set('asOf', past);
    response.setHeader('Link', `<${pathTo(response, '/messages')}?${query}>; rel="next"`);
  }
  const lines = page.map(({ json }) => json);
  if (wantsNdjson(request, response)) response.send(lines.map((line) => `${line}\n`).join(''));
  else response.send(`[${lines.join(',')}]`);
}

/** Streams everything. It waits for a slow reader, so memory use stays constant. */
export async function sendAll(found: Found, request: Request, response: Response): Promise<void> {
  const ndjson = wantsNdjson(request, response);
  let chunk = ndjson ? '' : '[';
  let first = true;
  for await (const { message } of found) {
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
