import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { type ProblemInput, sendProblem } from './problem.ts';
import type { PublicAddress } from './public-address.ts';
import { hasBody, letMove } from './slow-bodies.ts';

/** The host names that this server is known by. */
export interface HostNames {
  /** Names of this machine, which only count together with our own port. */
  readonly local: readonly string[];
  /** Configured names. Any port is allowed, since a proxy in front may use another one. */
  readonly allowed: readonly string[];
  readonly port: () => number;
}

/** Methods that change nothing. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a request that was meant for another server. A page whose name was pointed here (DNS rebinding) can only be
 * recognised by the Host header.
 */
export function hostGuard(names: HostNames): RequestHandler {
  return (request, response, next) => {
    const problem = hostProblem(request, names);
    if (problem) sendProblem(response, problem);
    else next();
  };
}

function hostProblem(request: IncomingMessage, names: HostNames): ProblemInput | undefined {
  const hosts = request.rawHeaders
    .filter((_, index) => index % 2 === 0)
    .filter((name) => /^host$/i.test(name));
  const host = request.headers.host;
  if (hosts.length !== 1 || host === undefined || host === '') {
    return { code: 'missing-host', detail: 'A request must have exactly one Host header.' };
  }
  if (isOurs(host, names) && !/^[a-z]+:\/\//i.test(request.url ?? '')) return undefined;
  return {
    code: 'wrong-host',
    detail: `This is gitpost, and the request was meant for another server: its Host header is ${quoted(host)}. If that is a name of this gitpost, put it into ALLOWED_HOSTS, or set PUBLIC_URL if there is a proxy in front.`,
  };
}

function isOurs(host: string, { local, allowed, port }: HostNames): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(host);
  if (!match) return false;
  const name = (match[1] ?? '').toLowerCase();
  const isName = (one: string) => one.toLowerCase() === name || `[${one.toLowerCase()}]` === name;
  if (allowed.some((one) => isName(one) || one.toLowerCase() === host.toLowerCase())) return true;
  return local.some(isName) && Number(match[2] ?? 80) === port();
}

/**
 * Refuses requests from pages of other sites, whether they write or read. Sec-Fetch-Site or the Origin shows where
 * they come from.
 */
export function siteGuard(address: PublicAddress | undefined): RequestHandler {
  return (request, response, next) => {
    const detail = foreignDetail(request, address);
    if (detail === undefined) return next();
    sendProblem(response, { code: 'foreign-site', detail });
  };
}

/** Why a request comes from another site, in words; `undefined` if it does not. */
function foreignDetail({ headers }: IncomingMessage, address: PublicAddress | undefined): string | undefined {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return `Pages of other sites have no access here, and the browser says that this request comes from one (Sec-Fetch-Site: ${quoted(site)}). Nothing was saved or changed.`;
  }
  if (isOwnOrigin(origin, host) || origin === address?.origin) return undefined;
  const expected = [...(address ? [address.origin] : []), `http://${host}`, `https://${host}`];
  return `Pages of other sites have no access here. This request comes from a page at ${quoted(origin)}, and gitpost is at ${expected.join(' or ')}. If that page is this gitpost behind a proxy, set PUBLIC_URL to the address that people open there. Nothing was saved or changed.`;
}

const quoted = (text: unknown): string => JSON.stringify(String(text).slice(0, 200));

function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  return /^https?:$/.test(protocol) && originHost === normalHost(host, protocol);
}

/** A Host header as it would be in a URL: without the default port of the protocol. */
const normalHost = (host: string | undefined, protocol: string): string | undefined =>
  URL.canParse(`${protocol}//${host}`) ? new URL(`${protocol}//${host}`).host : undefined;

/** Refuses a write whose body has another type. A form on another page can send text, but none of our types. */
export function typeGuard(types: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (SAFE_METHODS.has(request.method) || !hasBody(request)) return next();
    const type = (request.headers['content-type'] ?? '').split(';');
    const name = (type[0] ?? '').trim().toLowerCase();
    const charset = type.slice(1).find((parameter) => /^\s*charset\s*=/i.test(parameter));
    const isUtf8 = charset === undefined || /^\s*charset\s*=\s*"?utf-?8"?\s*$/i.test(charset);
    const isText = !types.includes(BYTES);
    if (types.includes(name) && (isUtf8 || !isText)) {
      if (!isCompressed(request)) return next();
      return refuse(request, response, COMPRESSED);
    }
    refuse(request, response, {
      code: 'unsupported-type',
      detail: `The body must be ${types.join(' or ')}${isText ? ' in UTF-8' : ''}. Nothing was saved.`,
    });
  };
}

/** The media type of a file of any kind, which is sent as its bytes. */
export const BYTES = 'application/octet-stream';

export const COMPRESSED = {
  code: 'unsupported-type',
  detail: 'The body must not be compressed.',
} as const satisfies ProblemInput;

export const isCompressed = ({ headers }: IncomingMessage): boolean =>
  (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';

/**
 * Sends a problem at once, even if the body has not arrived yet, and drops the rest of the body. The connection is not
 * closed while the client is still sending, since it would lose the answer then. A connection that ends with its
 * answer has to wait for the body.
 */
export function refuse(request: Request, response: Response, problem: ProblemInput): void {
  const mustWait = !request.complete && hasBody(request) && !response.shouldKeepAlive;
  if (mustWait) request.once('end', () => sendProblem(response, problem));
  else sendProblem(response, problem);
  const moved = letMove(request);
  request.on('data', (chunk: Buffer) => moved(chunk.length)).resume();
}
