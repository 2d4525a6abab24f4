import { stat } from 'node:fs/promises';
import type { Trouble } from '../domain/repository.ts';
import { isBelow } from '../domain/target.ts';
import { localPath, protocolOf } from './address.ts';
import { isNested } from './ref-names.ts';
import { dropStaleTracking } from './refs.ts';
import { rejection } from './rejection.ts';
import { type GitContext, type RunOptions, type RunResult, run } from './run.ts';
import { troubleOf } from './trouble.ts';
import type { Spoken } from './words.ts';

/** Who we are to a remote, asked anew for each command. */
export interface Credentials {
  /** The address that the token is for; it goes nowhere else. */
  readonly url: string;
  readonly username: string;
  readonly token: () => string | undefined;
}

export interface Network {
  readonly credentials: Credentials | undefined;
  readonly onProgress: (stage: string, percent: number) => void;
  readonly signal?: AbortSignal;
  /** Only tests are less patient. */
  readonly patience?: Patience;
}

/** How long a remote may say nothing, in milliseconds. */
export interface Patience {
  /** When it is asked where its branches are, and while bytes are on their way. */
  readonly answer: number;
  /** While it prepares what was asked for, or checks what it was sent. */
  readonly work: number;
}

const PATIENCE: Patience = { answer: 30_000, work: 5 * 60_000 };

export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly trouble: Trouble };

/** What a remote has: the branch that its HEAD names and the tips of all branches. */
export interface RemoteRefs {
  readonly head: string | null;
  readonly branches: ReadonlyMap<string, string>;
}

/**
 * libcurl gives up what stays below this. It counts before the first byte of an answer, too, when a remote may be at
 * work, so the limit is only for one that sends next to nothing, and we look at git's words for everything else.
 */
const BYTES_A_SECOND = 10;

// Only git's own words begin a line with these; what the remote says begins with `remote:`.
export const RECEIVING = /(?:^|[\r\n])Receiving objects: /;
export const RECEIVED = /(?:^|[\r\n])Receiving objects: 100% \((\d+)\/\1\)[^\r\n]{0,200}done/;
export const SENT = /(?:^|[\r\n])Writing objects: 100% \((\d+)\/\1\)[^\r\n]{0,200}done/;
/** What came is checked here, without a word, for so many milliseconds at most. */
const CHECKING_MS = 30 * 60_000;
/** What was sent is checked by the remote before it answers. No remote is thought to be slower than this. */
const CHECKED_A_SECOND = 100;

// Reads the token from its own environment, so that it stands in no argument, file or address.
const HELPER =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$GITPOST_USERNAME" "$GITPOST_TOKEN"; }; f';

/** Lists what the remote has. */
export async function listRemote(
  context: GitContext,
  url: string,
  network: Network,
): Promise<Outcome<RemoteRefs>> {
  const result = await runRemote(context, url, network, [
    'ls-remote',
    '--symref',
    'origin',
    'HEAD',
    'refs/heads/*',
  ]);
  if (!result.ok) return result;
  let head: string | null = null;
  const branches = new Map<string, string>();
  for (const line of result.value.stdout.toString('utf8').split('\n')) {
    const symref = /^ref: refs\/heads\/(.+)\tHEAD$/.exec(line)?.[1];
    if (symref !== undefined) head = symref;
    const [, id, branch] = /^([0-9a-f]+)\trefs\/heads\/(.+)$/.exec(line) ?? [];
    if (id !== undefined && branch !== undefined) branches.set(branch, id);
  }
  return { ok: true, value: { head, branches } };
}

/**
 * Fetches one branch into its tracking ref; `absent` if the remote has no such branch. Some servers say nothing while
 * they count what to send, and answer nobody else meanwhile, so ask with {@link listRemote} first whether it is there.
 * A remote that has traded `feat` for `feat/x` leaves a tracking ref here that git cannot keep next to the new one: that
 * is dropped, as `fetch --prune` would.
 */
export async function fetchBranch(
  context: GitContext,
  url: string,
  network: Network,
  branch: string,
): Promise<Outcome<'fetched' | 'absent'>> {
  const refspec = `+refs/heads/${branch}:refs/remotes/origin/${branch}`;
  const args = [
    'fetch',
    '--progress',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    'origin',
    refspec,
  ];
  const { answer, work } = network.patience ?? PATIENCE;
  const asking = {
    accepts: (one: RunResult) => isAbsent(one) || isBlocked(one),
    longest: work,
    timeout: work,
    stages: [
      { after: RECEIVING, timeout: answer },
      { after: RECEIVED, timeout: CHECKING_MS },
    ],
  };
  let result = await runRemote(context, url, network, args, asking);
  if (result.ok && isBlocked(result.value) && (await dropStaleTracking(context, branch)))
    result = await runRemote(context, url, network, args, asking);
  if (!result.ok) return result;
  if (isBlocked(result.value))
    return { ok: false, trouble: troubleOf(result.value, spokenOf(context, url, branch)) };
  // git says so with exit code 0, and fetches nothing.
  if (SHALLOW.test(result.value.stderr)) return { ok: false, trouble: shallowRemote };
  return { ok: true, value: result.value.code === 0 ? 'fetched' : 'absent' };
}

/** Whether what came could not be noted in the tracking ref. */
const isBlocked = ({ code, stderr }: RunResult): boolean =>
  code !== 0 &&
  /some local refs could not be updated|cannot lock ref|unable to update local ref/.test(stderr);

const isAbsent = (result: RunResult): boolean => /couldn't find remote ref/i.test(result.stderr);

const SHALLOW = /^warning: rejected .{0,500} because shallow roots are not allowed to be updated/m;

const shallowRemote: Trouble = {
  status: 'failed',
  detail:
    'The remote is a shallow clone: it lacks the beginning of its own history, so git takes nothing from it.',
  action:
    'Complete it (git fetch --unshallow, in the remote), or use a repository that has all commits. Nothing is lost here, and messages are captured as before.',
};

/** git's own word for a push that comes too late: the remote has commits that we lack. */
const OVERTAKEN = /^\[rejected\]/;
/** What a remote says when another push holds the branch, or has just moved it; also when a lock was left there. */
const HELD = /cannot lock ref|failed to update ref|incorrect old value/;

/**
 * What a push came to. `raced`: somebody else was quicker, so another round of fetch and push is due. `held`: the remote
 * could not move the branch, though it is where it was; worth another round, and if that is no help, `trouble` says why.
 */
export type Pushed =
  | { readonly kind: 'pushed' }
  | { readonly kind: 'raced' }
  | { readonly kind: 'held'; readonly trouble: Trouble };

/**
 * Pushes a commit to a branch of the remote, and believes only what the remote's branch says.
 *
 * @param known where the remote's branch was when we last heard of it
 * @param commits how many there are to push, which the remote needs time for
 */
export async function pushBranch(
  context: GitContext,
  url: string,
  network: Network,
  branch: string,
  commit: string,
  known: string | null,
  commits: number,
): Promise<Outcome<Pushed>> {
  const args = [
    'push',
    '--porcelain',
    '--progress',
    '--no-verify',
    'origin',
    `${commit}:refs/heads/${branch}`,
  ];
  const { answer, work } = network.patience ?? PATIENCE;
  const longest = work + (commits / CHECKED_A_SECOND) * 1000;
  const result = await runRemote(context, url, network, args, {
    accepts: () => true,
    longest,
    timeout: answer,
    stages: [{ after: SENT, timeout: longest }],
  });
  if (!result.ok) return result;
  const { code, stdout, stderr } = result.value;
  const line = stdout
    .toString('utf8')
    .split('\n')
    .map((text) => text.split('\t'))
    .find(([, refs]) => refs?.endsWith(`:refs/heads/${branch}`));
  const [flag, , summary = ''] = line ?? [];
  const pushed: Outcome<Pushed> = { ok: true, value: { kind: 'pushed' } };
  if (code === 0 && flag !== undefined && flag !== '!' && flag !== '=') return pushed;
  // The words may be wrong both ways: an answer that was lost reads as "up to date", or as a failure.
  const now = await listRemote(context, url, network);
  if (now.ok && now.value.branches.get(branch) === commit) return pushed;
  const inTheWay = now.ok && [...now.value.branches.keys()].find((other) => isNested(other, branch));
  if (inTheWay) return { ok: false, trouble: nestedTrouble(branch, inTheWay) };
  const hasMoved = now.ok && (now.value.branches.get(branch) ?? null) !== known;
  if (flag === '!' && (hasMoved || OVERTAKEN.test(summary))) return { ok: true, value: { kind: 'raced' } };
  const spoken = spokenOf(context, url, branch);
  if (flag === '!') {
    const trouble = rejection(summary, stderr, spoken);
    return HELD.test(summary) ? { ok: true, value: { kind: 'held', trouble } } : { ok: false, trouble };
  }
  return { ok: false, trouble: now.ok ? troubleOf(result.value, spoken) : now.trouble };
}

const nestedTrouble = (branch: string, other: string): Trouble => ({
  status: 'rejected',
  detail: `The remote has the branch ${other}, so it cannot also have the branch ${branch}: git would need the same name for a folder and a file.`,
  action:
    'Nothing is lost here, and messages are captured as before. Choose another branch for this repository, or rename or delete the one on the remote, then push again.',
});

const spokenOf = ({ directory, environment }: GitContext, url: string, branch?: string): Spoken => ({
  url,
  directory,
  hasAgent: environment.SSH_AUTH_SOCK !== undefined,
  ...(branch === undefined ? {} : { branch }),
});

interface Asking extends Pick<RunOptions, 'stages'> {
  /** Whether an end that is no success is an answer. */
  readonly accepts?: (result: RunResult) => boolean;
  /** How long git may say nothing, and how long next to nothing may come over HTTP, in milliseconds. */
  readonly timeout?: number;
  readonly longest?: number;
}

async function runRemote(
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
      // The empty value takes away the person's own helpers, which would keep our token.
      'credential.helper=',
      `credential.${login.origin}.helper=${HELPER}`,
    ],
  };
}

/** A remote may say again what it was told; from here on that goes into answers and logs. */
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

/** Finds git's own percentages in what it says while it works, and passes each on once. */
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
