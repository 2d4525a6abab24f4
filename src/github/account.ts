import { z } from 'zod';
import type { GithubToken } from '../contract/github.ts';
import { ok } from '../domain/result.ts';
import type { Asked, GithubClient } from './client.ts';
import type { Headers } from './limit.ts';

const userSchema = z.object({ login: z.string() });

/** The account of the token, and what GitHub reports about it. */
export async function readAccount(
  client: GithubClient,
): Promise<Asked<{ readonly login: string; readonly token: GithubToken }>> {
  const kind = kindOf(client.token ?? '');
  const asked = await client.ask('GET /user', {}, userSchema);
  if (!asked.ok) return asked;
  const { value, headers } = asked.value;
  const scopes = scopesOf(headers);
  return ok({
    login: value.login,
    token: {
      kind: scopes === null ? kind : 'classic',
      scopes,
      expiresAt: expiryOf(headers),
    },
  });
}

const kindOf = (token: string): GithubToken['kind'] =>
  token.startsWith('github_pat_') ? 'fine-grained' : token.startsWith('ghp_') ? 'classic' : 'other';

/** Only classic tokens get this header. It is empty if the token has no scope. */
function scopesOf(headers: Headers): readonly string[] | null {
  const scopes = headers['x-oauth-scopes'];
  if (scopes === undefined) return null;
  return String(scopes)
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '');
}

/** GitHub writes `2026-12-01 10:00:00 UTC`, or an offset such as `+0200` in place of UTC. */
function expiryOf(headers: Headers): string | null {
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})$/.exec(
      String(headers['github-authentication-token-expiration']),
    ) ?? [];
  if (zone === undefined) return null;
  const offset = zone === 'UTC' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const instant = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}
