import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import type { Duplex, Readable } from 'node:stream';

/**
 * Requests to a gitpost, from our other programs and from gitpost to itself. This loads nothing but Node's own HTTP.
 */

/** The address of a gitpost, and how to sign in. */
export interface Place {
  /** Its address, with a trailing slash. */
  readonly url: URL;
  readonly token: string | undefined;
  /** Makes a connection to the one in this process. */
  readonly connect?: () => Duplex;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Such as `messages?limit=1`, without a leading slash. */
  readonly path: string;
  readonly json?: unknown;
  readonly file?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: IncomingMessage;
}

export async function readText({ body }: Reply): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/**
 * Sends a request and resolves to the answer, whatever it is. Rejects with the system's error if the server cannot be
 * reached.
 */
export async function exchange({ url, token, connect }: Place, call: Call): Promise<Reply> {
  const body = call.json === undefined ? undefined : JSON.stringify(call.json);
  const options: RequestOptions = {
    method: call.method,
    headers: {
      Accept: 'application/json',
      'User-Agent': 'gitpost',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...(call.file ? { 'Content-Type': 'application/octet-stream' } : {}),
      ...call.headers,
    },
    // The connection is not kept alive, since the command ends.
    ...(connect ? { createConnection: connect as () => never } : { agent: false }),
  };
  const target = new URL(call.path, url);
  const requestTo = target.protocol === 'https:' ? (await import('node:https')).request : requestHttp;
  return new Promise((resolve, reject) => {
    const request = requestTo(target, options, (answer) =>
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer }),
    );
    request.on('error', reject);
    if (!call.file) return void request.end(body);
    call.file.on('error', (error) => {
      request.destroy();
      reject(error);
    });
    // The answer may arrive before everything is sent. The rest is not needed then.
    request.on('response', () => call.file?.unpipe(request));
    call.file.pipe(request);
  });
}
