import type { GithubTrouble } from '../domain/github.ts';
import type { Headers } from './limit.ts';

/** The parts of an unsuccessful answer that are needed to describe it. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  /** GitHub's own message, cleaned. */
  readonly said: string;
  readonly hasToken: boolean;
}

const NEW_TOKEN =
  'Make a new one on GitHub and put it into .env as GITHUB_TOKEN. No restart is needed. docs/github.md says how.';
const CAPTURING = 'Capturing works without any of this.';

/** Describes a refusal by GitHub's API for a person. */
export function refusalTrouble({ status, headers, said, hasToken }: Refusal): GithubTrouble {
  const quoted = said === '' ? '' : ` (${said})`;
  if (status === 401) {
    return hasToken
      ? {
          kind: 'unauthorized',
          detail: `GitHub does not accept the token: it is wrong, has expired or was revoked.${quoted}`,
          action: NEW_TOKEN,
        }
      : {
          kind: 'unauthorized',
          detail: `GitHub requires a token for this.${quoted}`,
          action: 'Set GITHUB_TOKEN and GITHUB_USERNAME. docs/github.md says how.',
        };
  }
  if (status === 403) return forbidden(headers, quoted);
  if (status === 404) {
    return {
      kind: 'not-found',
      detail: `GitHub has nothing by that name, or the token cannot see it.${quoted}`,
      action:
        'Check the name. If it exists, give the token access to it: edit the token on GitHub, and choose the repository.',
    };
  }
  if (status === 422) {
    return {
      kind: 'refused',
      detail: `GitHub rejects the request.${quoted}`,
      action: 'Change what GitHub objects to, and try again.',
    };
  }
  if (status >= 300 && status < 400) {
    return {
      kind: 'failed',
      detail:
        'GitHub says that this has moved to another address. The token is never sent to another address.',
      action: 'Check GITHUB_API_URL: for GitHub Enterprise it ends with /api/v3.',
    };
  }
  return {
    kind: 'failed',
    detail: `GitHub itself has a problem: it answers with ${status}.${quoted}`,
    action: `Try again later; see www.githubstatus.com. ${CAPTURING}`,
  };
}

function forbidden(headers: Headers, quoted: string): GithubTrouble {
  const needed = headers['x-accepted-github-permissions'];
  if (headers['x-github-sso'] !== undefined) {
    return {
      kind: 'forbidden',
      detail: `The organisation requires single sign-on for this token.${quoted}`,
      action:
        'Open the token in your settings on GitHub, choose "Configure SSO", and allow the organisation.',
    };
  }
  return {
    kind: 'forbidden',
    detail: `The token is valid but lacks permission for this.${quoted}`,
    action:
      needed === undefined
        ? 'Give the token the permission on GitHub, or ask who owns the repository. docs/github.md lists what is needed.'
        : `Give the token this permission on GitHub: ${needed}. docs/github.md says how.`,
  };
}

/** Describes a rate limit. */
export function limitTrouble(seconds: number, hasToken: boolean): GithubTrouble {
  const time = seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  const more = hasToken ? '' : ' With a token you may send many more.';
  return {
    kind: 'limited',
    detail: `GitHub accepts no more requests from you for ${time}.`,
    action: `Try again then.${more} Pushing and pulling still work. ${CAPTURING}`,
    retryAfter: seconds,
  };
}

/** Describes that there was no answer. */
export function unreachableTrouble(apiUrl: string, error: unknown): GithubTrouble {
  const code = codeOf(error);
  return {
    kind: 'offline',
    detail: `GitHub's API at ${apiUrl} cannot be reached${code === undefined ? '' : ` (${code})`}.`,
    action: `Try again when there is a network. ${CAPTURING}`,
  };
}

/** Describes that the answer was not from GitHub. */
export const strangerTrouble = (apiUrl: string): GithubTrouble => ({
  kind: 'offline',
  detail: `The server at ${apiUrl} is not GitHub's API. It may be the sign-in page of a network.`,
  action: `Open a page in the browser and sign in to the network, or check GITHUB_API_URL. ${CAPTURING}`,
});

/** Describes that the token cannot even be sent. */
export const unsendableTrouble: GithubTrouble = {
  kind: 'unauthorized',
  detail: 'GITHUB_TOKEN contains characters that are never in a token.',
  action: NEW_TOKEN,
};

/** The system's error code, such as ECONNREFUSED, from the innermost cause. */
function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError') return 'no answer in time';
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}
