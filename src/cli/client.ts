import { type Call, exchange, type Place, type Reply, readText } from '../client/exchange.ts';
import type { ProblemDocument } from '../contract/problem.ts';
import { Ending, EXIT, type ExitCode } from './ending.ts';
import { wordsFor } from './words.ts';

/** A request made by a verb. */
export interface Ask extends Call {
  /** Statuses that are not failures, besides those below 300. */
  readonly accepts?: readonly number[] | 'any';
}

/** Sends a request. Throws an `Ending` if it is refused, and the system's error if the server cannot be reached. */
export async function send(place: Place, call: Ask): Promise<Reply> {
  const reply = await exchange(place, call);
  const { accepts = [] } = call;
  const isPage =
    /^text\/html\b/.test(reply.headers['content-type'] ?? '') && !reply.headers['content-disposition'];
  if (isPage && reply.status < 300) {
    reply.body.destroy();
    throw new Ending(EXIT.unreachable, `There is no gitpost at ${place.url.href}: the answer was a page.`);
  }
  if (reply.status < 300 || accepts === 'any' || accepts.includes(reply.status)) return reply;
  throw refusal(place, reply, await readText(reply).catch(() => ''));
}

const NOTHING_THERE = 'urn:gitpost:problem:not-found';

/** The body of an answer, as JSON. */
export const readJson = async <Value>(reply: Reply): Promise<Value> =>
  JSON.parse(await readText(reply)) as Value;

function refusal({ url, token }: Place, { status, headers }: Reply, text: string): Ending {
  const isProblem = /^application\/problem\+json\b/.test(headers['content-type'] ?? '');
  const problem = isProblem ? parseProblem(text) : undefined;
  if (!problem)
    return new Ending(EXIT.unreachable, `There is no gitpost at ${url.href}: the answer was ${status}.`);
  // A gitpost has all paths that are used here, unless it is at another one.
  if (problem.type === NOTHING_THERE)
    return new Ending(EXIT.unreachable, `There is no gitpost at ${url.href}, but there may be one above it.`);
  const words = wordsFor(problem);
  if (status === 401) return new Ending(EXIT.signedOut, `${words} ${signInAdvice(token)}`);
  return new Ending(codeOf(status), words);
}

function parseProblem(text: string): ProblemDocument | undefined {
  try {
    const problem = JSON.parse(text) as ProblemDocument;
    return typeof problem.detail === 'string' ? problem : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an error was caused by the network or the other end. */
export const isConnectionTrouble = (error: unknown): error is NodeJS.ErrnoException =>
  !(error instanceof Ending) &&
  /^(E(CONN|HOST|NET|PIPE|ADDR|TIMEDOUT|AI_|NOTFOUND|PROTO)|HPE_|ERR_TLS|ERR_SSL|CERT|DEPTH|SELF|UNABLE)/.test(
    (error as NodeJS.ErrnoException)?.code ?? '',
  );

/** Why another gitpost cannot be reached, in words. */
export function reasonForNoConnection({ code = '', message }: NodeJS.ErrnoException): string {
  const known = UNREACHABLE.find(([pattern]) => pattern.test(code));
  return known === undefined ? message : known[1];
}

const UNREACHABLE: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED/, 'nothing listens there'],
  [/^(ENOTFOUND|EAI_)/, 'there is no machine of that name'],
  [/^(EHOST|ENET|EADDR)/, 'the network has no way to it'],
  [/^ETIMEDOUT/, 'it does not answer'],
  [/^(EPROTO|ERR_SSL)/, 'it does not speak https. Perhaps its address begins with http://'],
  [/^HPE_/, 'it does not speak http. Perhaps its address begins with https://'],
  [
    /^(CERT|DEPTH|SELF|UNABLE|ERR_TLS)/,
    'its certificate is not trusted here. NODE_EXTRA_CA_CERTS names a file with the one of your own authority',
  ],
];

const codeOf = (status: number): ExitCode => (status === 400 ? EXIT.usage : EXIT.failed);

const signInAdvice = (token: string | undefined): string =>
  token === undefined ? 'Set ACCESS_TOKEN to it.' : 'It was taken from ACCESS_TOKEN.';
