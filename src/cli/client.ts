import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { ProblemDocument } from '../contract/problem.ts';
import { Ending, EXIT, type ExitCode } from './ending.ts';

/** Where a gitpost is. */
export interface Place {
  /** Its address, with a slash at its end. */
  readonly url: URL;
  readonly token: string | undefined;
  /** Makes a connection to the one in this process. */
  readonly connect?: () => Duplex;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Such as `messages?limit=1`, without a slash in front. */
  readonly path: string;
  readonly json?: unknown;
  readonly file?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are no failure, besides those below 300. */
  readonly accepts?: readonly number[];
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: IncomingMessage;
}

/** Sends a request. Throws an `Ending` if it is refused, and the system's error if nobody can be reached. */
export async function send(place: Place, call: Call): Promise<Reply> {
  const reply = await exchange(place, call);
  if (reply.status < 300 || call.accepts?.includes(reply.status)) return reply;
  throw refusal(place, reply, await readText(reply).catch(() => ''));
}

/** The body of an answer, as JSON. */
export const readJson = async <Value>(reply: Reply): Promise<Value> =>
  JSON.parse(await readText(reply)) as Value;

export async function readText({ body }: Reply): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function exchange({ url, token, connect }: Place, call: Call): Promise<Reply> {
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
    // No connection is kept, since the command ends.
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
    // The answer may come before all is sent; then nothing more is needed.
    request.on('response', () => call.file?.unpipe(request));
    call.file.pipe(request);
  });
}

function refusal({ url, token }: Place, { status, headers }: Reply, text: string): Ending {
  const problem = /^application\/problem\+json\b/.test(headers['content-type'] ?? '')
    ? (JSON.parse(text) as ProblemDocument)
    : undefined;
  if (!problem)
    return new Ending(EXIT.unreachable, `There is no gitpost at ${url.href}: the answer was ${status}.`);
  const { errors = [] } = problem;
  // The words are those of the API, and a person has an option for it here.
  const detail = problem.detail.replaceAll('with "confirm": true', 'with --confirm');
  if (status === 401) return new Ending(EXIT.signedOut, `${detail} ${signInAdvice(token)}`);
  const fields = errors.map((error) => error.detail).filter((one) => !detail.includes(one));
  return new Ending(codeOf(status), [detail, ...fields].join('\n  '));
}

const codeOf = (status: number): ExitCode => (status === 400 ? EXIT.usage : EXIT.failed);

const signInAdvice = (token: string | undefined): string =>
  token === undefined ? 'Set ACCESS_TOKEN to it.' : 'It was taken from ACCESS_TOKEN.';
