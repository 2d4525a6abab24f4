import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { PublicAddress } from './public-address.ts';

/**
 * The name of the session cookie. Browsers keep one set of cookies for all ports of a host, so the name has a part of
 * its own for each machine and data folder: two gitposts at one host name then do not sign each other out.
 */
function sessionCookieName(dataDirectory: string): string {
  const instance = createHash('sha256').update(`${hostname()}\0${dataDirectory}`).digest('hex').slice(0, 8);
  return `gitpost_session_${instance}`;
}

/** How the session cookie is called and set for one way to this gitpost. */
export interface SessionCookie {
  readonly name: string;
  readonly attributes: string;
}

/**
 * The session cookie of this server's own address, or of a public one. Behind TLS the prefix of its name makes browsers
 * refuse one that another host or an unencrypted page sets.
 */
export function sessionCookie(dataDirectory: string, address?: PublicAddress): SessionCookie {
  const prefix = !address?.isSecure ? '' : address.path === '' ? '__Host-' : '__Secure-';
  const secure = address?.isSecure ? '; Secure' : '';
  return {
    name: prefix + sessionCookieName(dataDirectory),
    attributes: `; Path=${address?.path ?? ''}/; HttpOnly; SameSite=Strict${secure}`,
  };
}

/**
 * Every value that a Cookie header gives for a name. There can be several: a page of a parent domain, or one below
 * another path, can add a cookie of the same name, and the order says nothing about which one is ours.
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? '').split(';').flatMap((cookie) => {
    const [key = '', ...value] = cookie.split('=');
    return key.trim() === name ? [value.join('=').trim()] : [];
  });
}
