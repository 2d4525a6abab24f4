import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';

/** The address at which people reach gitpost through a proxy, as set with `PUBLIC_URL`. */
export interface PublicAddress {
  readonly origin: string;
  /** Without a port. */
  readonly hostname: string;
  /** With the port, unless it is the default of the protocol. */
  readonly host: string;
  /** The sub-path without a trailing slash; empty at the root. The proxy removes it before a request arrives here. */
  readonly path: string;
  readonly isSecure: boolean;
}

export function publicAddressOf(url: string): PublicAddress {
  const { origin, hostname, host, pathname, protocol } = new URL(url);
  return {
    origin,
    hostname,
    host,
    path: pathname.replace(/(?<!\/)\/+$/, ''),
    isSecure: protocol === 'https:',
  };
}

/**
 * Whether a request was sent to the public address rather than to this server's own. A browser's Origin decides.
 * Without one, the Host decides, which proxies pass on with or without the port. No `X-Forwarded-*` header is read,
 * since anyone can send one.
 */
export function cameByPublicAddress({ headers }: IncomingMessage, address: PublicAddress): boolean {
  if (headers.origin !== undefined) return headers.origin === address.origin;
  const host = headers.host?.toLowerCase();
  return host === address.host || host === address.hostname;
}

/** Stores for each answer what its links have to start with. */
export function notePath(address: PublicAddress | undefined): RequestHandler {
  return (request, response, next) => {
    if (address && cameByPublicAddress(request, address)) response.locals.path = address.path;
    next();
  };
}

/** The path of one of our own addresses, such as `/messages`, as the client has to write it. */
export const pathTo = (response: Response, path: string): string =>
  `${(response.locals.path as string | undefined) ?? ''}${path}`;
