import { stat } from 'node:fs/promises';
import type { Trouble } from '../domain/repository.ts';
import { isBelow } from '../domain/target.ts';
import { localPath, protocolOf } from './address.ts';
import { type GitContext, type RunOptions, type RunResult, run } from './run.ts';
import { troubleOf } from './trouble.ts';
import type { Spoken } from './words.ts';

/** How we log in to a remote. The token is requested again for each command. */
export interface Credentials {
  /** The address that the token is for. It is never sent anywhere else. */
  readonly url: string;
  readonly username: string;
  readonly token: () => string | undefined;
}

export interface Network {
  readonly credentials: Credentials | undefined;
  readonly onProgress: (stage: string, percent: number) => void;
  readonly signal?: AbortSignal;
  /** Only tests use shorter limits. */
  readonly patience?: Patience;
}

/** How long a remote may be silent, in milliseconds. */
export interface Patience {
  /** When it is asked for its branches, and while bytes are being transferred. */
  readonly answer: number;
  /** While it prepares what was requested, or checks what it received. */
  readonly work: number;
}

export const PATIENCE: Patience = { answer: 30_000, work: 5 * 60_000 };

export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly trouble: Trouble };

/**
 * libcurl gives up if the transfer is slower than this. The limit also applies before the first byte of an answer,
 * when a remote may be working. So it only catches remotes that send next to nothing; everything else is judged by
 * git's output.
 */
const BYTES_A_SECOND = 10;

// Reads the token from its own environment, so the token is in no argument, file or address.
const HELPER =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$GITPOST_USERNAME" "$GITPOST_TOKEN"; }; f';

/** What is known about a remote, for interpreting git's messages about it. */
export const spokenOf = ({ directory, environment }: GitContext, url: string, branch?: string): Spoken => ({
  url,
  directory,
  hasAgent: environment.SSH_AUTH_SOCK !== undefined,
  ...(branch === undefined ? {} : { branch }),
});

interface Asking extends Pick<RunOptions, 'stages'> {
  /** Whether a result other than success is a valid answer. */
  readonly accepts?: (result: RunResult) => boolean;
  /** How long git may print nothing, and how long HTTP may transfer next to nothing, in milliseconds. */
  readonly timeout?: number;
  readonly longest?: number;
}

/**
 * Runs git against a remote, with our credentials if they are for its address. The token is in no argument, file,
 * result or log. Resolves to a trouble if git fails, hangs or is stopped, unless the caller accepts that result as an
 * answer.
 */
export async function runRemote(
  context: GitContext,
  url: string,
  network: Network,
  args: readonly string[],
  { accepts = () => false, timeout = (network.patience ?? PATIENCE).answer, ...more }: Asking = {},
): Promise<Outcome<RunResult>> {
  const { longest = timeout, stages = [] } = more;
  if (!(await isPathThere(url))) return { ok: false, trouble: pathMissing(url) };
  const login = loginFor(url, network.credentials);
  const options = optionsFor(url, network, login, [
    `http.lowSpeedLimit=${BYTES_A_SECOND}`,
    `http.lowSpeedTime=${Math.ceil(longest / 1000)}`,
  ]);
  const ran = await run(context, args, { ...options, timeout, stages });
  const result = login ? withoutToken(ran, login) : ran;
  if (result.code === 0 || (!result.timedOut && accepts(result))) return { ok: true, value: result };
  return { ok: false, trouble: troubleOf(result, spokenOf(context, url)) };
}

interface Login {
  readonly username: string;
  readonly token: string;
  /** The part of an address that the token is for. */
  readonly origin: string;
}

function loginFor(url: string, credentials: Credentials | undefined): Login | undefined {
  const token = credentials && isBelow(url, credentials.url) ? credentials.token() : undefined;
  if (!credentials || token === undefined) return undefined;
  return { username: credentials.username, token, origin: new URL(credentials.url).origin };
}

function optionsFor(
  url: string,
  { onProgress, signal }: Network,
  login: Login | undefined,
  settings: readonly string[],
): RunOptions {
  const common = { onProgress: progressReader(onProgress), ...(signal ? { signal } : {}) };
  const environment = { GIT_ALLOW_PROTOCOL: protocolOf(url) };
  if (!login) return { ...common, environment, settings };
  return {
    ...common,
    environment: { ...environment, GITPOST_USERNAME: login.username, GITPOST_TOKEN: login.token },
    settings: [
      ...settings,
      'http.followRedirects=false',
      // The empty value removes the person's own helpers, which would store our token.
      'credential.helper=',
      `credential.${login.origin}.helper=${HELPER}`,
    ],
  };
}

/** A remote may repeat what it was sent, and its text goes into answers and logs. */
function withoutToken(result: RunResult, { username, token }: Login): RunResult {
  const header = Buffer.from(`${username}:${token}`).toString('base64');
  const hidden = (text: string) => text.replaceAll(token, '[hidden]').replaceAll(header, '[hidden]');
  return {
    ...result,
    stdout: Buffer.from(hidden(result.stdout.toString('latin1')), 'latin1'),
    stderr: hidden(result.stderr),
  };
}

async function isPathThere(url: string): Promise<boolean> {
  const path = localPath(url);
  if (path === undefined) return true;
  return stat(path).then(
    () => true,
    () => false,
  );
}

const pathMissing = (url: string): Trouble => ({
  status: 'offline',
  detail: `The folder ${localPath(url)} is not there.`,
  action:
    'Plug in the disk that it is on, or correct the path. Nothing is lost: it is sent with the next push.',
});

/** Finds git's own percentages in its progress output and passes on each once. */
function progressReader(onProgress: Network['onProgress']): (text: string) => void {
  let last = '';
  return (text) => {
    for (const [, stage = '', percent = ''] of text.matchAll(
      /(?:remote: )?([A-Z][A-Za-z ]{1,60}):\s{1,4}(\d{1,3})% \(/g,
    )) {
      const now = `${stage} ${percent}`;
      if (now === last) continue;
      last = now;
      onProgress(stage, Number(percent));
    }
  };
}
