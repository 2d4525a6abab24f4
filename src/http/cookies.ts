import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { PublicAddress } from './public-address.ts';

/**
 * The name of the session cookie. Browsers share cookies between all ports of a host, so the name contains a part
 * that differs for each machine and data folder. Two gitposts on the same host name then don't sign each other out.
 */
function sessionCookieName(dataDirectory: string): string {
  const instance = createHash('sha256').update(`${hostname()}\0${dataDirectory}`).digest('hex').slice(0, 8);
  return `gitpost_session_${instance}`;
}

/** The name and attributes of the session cookie for one way to reach this gitpost. */
export interface SessionCookie {
  readonly name: string;
  readonly attributes: string;
}

/**
 * The session cookie for this server's own address, or for a public one. Behind TLS, its name has a prefix that makes
 * browsers refuse a cookie set by another host or an unencrypted page.
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
 * All values in a Cookie header with a given name. There can be several: a page of a parent domain, or one below
 * another path, can add a cookie of the same name, and the order does not show which one is ours.
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? '').split(';').flatMap((cookie) => {
    const [key = '', ...value] = cookie.split('=');
    return key.trim() === name ? [value.join('=').trim()] : [];
  });
}
