import type { GithubName } from './github.ts';
import type { Target } from './repository.ts';
import { fail, ok, type Result } from './result.ts';
import { withoutEnd } from './trim.ts';

/** What is needed to resolve the short forms of a repository. */
export interface TargetContext {
  readonly githubUrl: string;
  readonly username: string | undefined;
  /** The folder of the app's own bare repositories. */
  readonly remotesDirectory: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
// The short form of ssh, `user@host:path`. The name of a protocol before the colon is not a host.
const SCP =
  /^(?!(?:https?|ssh|git|file|ext|fd|ftps?):)(?:\w[\w.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?!:|\/\/)[^\s\\-][^\s\\]*$/i;
const PROTOCOLS = new Set(['https:', 'http:', 'ssh:', 'file:']);

/** The forms that are complete without any context. */
const LOCATION_FORMS = 'a git URL (https, http, ssh or file, without a password), or an absolute path';

const TARGET_FORMS = `a name, owner/name, ${LOCATION_FORMS}`;

/** Whether a name can be a folder on every system, and a repository on GitHub. */
export const isRepositoryName = (name: string): boolean =>
  NAME.test(name) && !RESERVED.test(name) && !/(\.git|\.lock|\.)$/i.test(name);

/** Parses a repository as a person names it: {@link TARGET_FORMS}. */
export function parseTarget(text: string, context: TargetContext): Result<Target> {
  if (isRepositoryName(text)) return ok(namedTarget(text, context));
  const onGithub = parseGithubName(text, context.githubUrl);
  return onGithub.ok ? onGithub : parseLocation(text, TARGET_FORMS);
}

/** Parses `owner/name`, a repository on GitHub. */
export function parseGithubName(text: string, githubUrl: string): Result<Target> {
  const [owner = '', name = '', ...more] = text.split('/');
  if (more.length > 0 || !isRepositoryName(owner) || !isRepositoryName(name)) {
    return fail('invalid', 'must be owner/name, in the letters that GitHub allows');
  }
  return ok({ name, url: `${githubUrl}/${owner}/${name}.git`, own: false });
}

function namedTarget(name: string, { githubUrl, username, remotesDirectory }: TargetContext): Target {
  return username === undefined
    ? { name, url: `${remotesDirectory}/${name}.git`, own: true }
    : { name, url: `${githubUrl}/${username}/${name}.git`, own: false };
}

/**
 * Parses a git URL or an absolute path.
 *
 * @param forms what an error says is allowed, if the caller accepts more than this
 */
export function parseLocation(text: string, forms = LOCATION_FORMS): Result<Target> {
  if (hasControls(text)) return fail('invalid', 'must not hold control characters');
  if (!isPath(text) && !SCP.test(text)) {
    const url = /^[a-z]+:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !PROTOCOLS.has(url.protocol)) return fail('invalid', `must be ${forms}`);
    if (url.password !== '' || (url.username !== '' && url.protocol !== 'ssh:')) {
      return fail(
        'invalid',
        'must not hold a user name or a password: set GITHUB_TOKEN, or use a credential helper',
      );
    }
    if (`${url.search}${url.hash}` !== '') return fail('invalid', 'must not hold a query or a fragment');
    const isElsewhere = url.protocol === 'file:' && !['', 'localhost'].includes(url.hostname);
    if (isElsewhere || url.hostname.startsWith('-') || url.username.startsWith('-')) {
      return fail('invalid', `must be ${forms}`);
    }
  }
  const name = nameOf(text);
  if (!isRepositoryName(name)) {
    return fail(
      'invalid',
      `must not end in ${JSON.stringify(name)}, which cannot be the name of a folder on every system`,
    );
  }
  return ok({ name, url: text, own: false });
}

const isPath = (text: string): boolean => text.startsWith('/') || /^[A-Za-z]:[\\/]/.test(text);

/** Whether an address is a folder on this machine, or one that is mounted here. */
export const isLocalLocation = (url: string): boolean => isPath(url) || url.startsWith('file:');

/** The last part of a URL or a path, without `.git`. It becomes the name of the clone's folder. */
export function nameOf(location: string): string {
  const parts = withoutEnd(location, '/\\').split(/[/\\:]/);
  return (parts.at(-1) ?? '').replace(/\.git$/, '');
}

/** Whether an address is on the host, and below the path, that a token is for. */
export function isBelow(url: string, base: string): boolean {
  if (!URL.canParse(url)) return false;
  const [own, other] = [new URL(base), new URL(url)];
  const path = `${withoutEnd(own.pathname, '/')}/`;
  return own.origin === other.origin && other.pathname.startsWith(path);
}

/**
 * The GitHub name of the repository at an address, for any protocol; `undefined` if the address is not on GitHub.
 * This does not mean that the token may be sent there.
 */
export function githubNameOf(url: string, githubUrl: string): GithubName | undefined {
  const path = pathBelow(url, githubUrl) ?? pathOnHost(url, new URL(githubUrl).hostname);
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+?)(?:\.git)?\/*$/.exec(path ?? '') ?? [];
  return owner === undefined || name === undefined ? undefined : { owner, name };
}

/** The page of a repository on GitHub; `null` for any other repository. */
export function githubPageOf(url: string, githubUrl: string): string | null {
  const found = githubNameOf(url, githubUrl);
  return found ? `${githubUrl}/${found.owner}/${found.name}` : null;
}

function pathBelow(url: string, base: string): string | undefined {
  if (!isBelow(url, base)) return undefined;
  return new URL(url).pathname.slice(withoutEnd(new URL(base).pathname, '/').length + 1);
}

/** The path of `user@host:path`, or of an ssh, http or `www.` address that leads to the same host. */
function pathOnHost(url: string, host: string): string | undefined {
  const [, short, path] = (SCP.test(url) && /^(?:[^@/]*@)?([^/:]+):(.+)$/.exec(url)) || [];
  const parsed = short === undefined && !isPath(url) && URL.canParse(url) ? new URL(url) : undefined;
  // A different http port means a different server.
  if (parsed && parsed.protocol !== 'ssh:' && parsed.port !== '') return undefined;
  const found = (short ?? parsed?.hostname ?? '').toLowerCase();
  // GitHub serves ssh on the https port under a separate host name.
  if (![host, `www.${host}`, `ssh.${host}`].includes(found)) return undefined;
  return path?.replace(/^\/+/, '') ?? parsed?.pathname.slice(1);
}

/** Whether two names would be the same folder on a system that ignores case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const hasControls = (text: string): boolean => /\p{Cc}/u.test(text);
