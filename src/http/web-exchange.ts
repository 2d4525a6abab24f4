import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Response as Answered, Request as Asked } from 'express';

/** An Express request as a web-standard Request. Its body was already read and is not included. */
export function toWebRequest(request: Asked, response: Answered): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    for (const one of [value ?? []].flat()) headers.append(name, one);
  const left = new AbortController();
  response.on('close', () => left.abort());
  const { method, originalUrl } = request;
  return new Request(new URL(originalUrl, 'http://localhost'), { method, headers, signal: left.signal });
}

export async function writeWebResponse(answer: Response, response: Answered): Promise<void> {
  response.status(answer.status);
  answer.headers.forEach((value, name) => {
    response.setHeader(name, value);
  });
  if (answer.body === null) return void response.end();
  // A client that disconnects before everything was sent does not want the rest.
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), response).catch(() => response.destroy());
}
