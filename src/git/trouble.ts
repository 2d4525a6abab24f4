import type { SyncFailure, Trouble } from '../domain/repository.ts';
import type { RunResult } from './run.ts';

interface Rule {
  readonly words: RegExp;
  readonly status: SyncFailure;
  readonly detail: string;
  readonly action: string;
}

const TRY_AGAIN = 'Nothing is lost: it is sent with the next push that gets through.';

/** What git says under `LC_ALL=C`, and what it means to a person. The first rule that fits counts. */
const RULES: readonly Rule[] = [
  {
    words: /dubious ownership/i,
    status: 'failed',
    detail: 'git does not trust the folder of the clone, because it belongs to another user.',
    action: 'Give the folder to the user who runs gitpost, or follow what git advises below.',
  },
  {
    words: /mismatched algorithms|support this repository's hash algorithm/i,
    status: 'failed',
    detail: 'The remote names its commits by another kind of hash than the clone.',
    action: 'Use a remote of the same kind (git init --object-format=sha1). Nothing is lost here.',
  },
  {
    words: /returned error: 30[12378]|redirect/i,
    status: 'failed',
    detail: 'The remote answers that the repository has moved.',
    action: 'Set the new address of the repository; a token is never sent on to another one.',
  },
  {
    words:
      /Authentication failed|could not read (Username|Password)|returned error: 40[13]|Permission denied|Permission to .* denied|Write access to repository not granted|access denied|terminal prompts disabled/i,
    status: 'unauthorized',
    detail: 'The remote does not accept the credentials, or they do not allow this.',
    action:
      'Check that GITHUB_TOKEN is valid and not expired and may read and write the contents of this repository; for another host check its own keys or credential helper.',
  },
  {
    words:
      /not valid: is this a git repository|no DAV locking support|http-push failed|invalid content-type/i,
    status: 'offline',
    detail: 'Something that is no git server answered, such as the sign-in page of a network.',
    action: `Open a page in the browser and sign in to the network, then push again. ${TRY_AGAIN}`,
  },
  {
    words:
      /repository '.*' not found|returned error: 404|Repository not found|does not appear to be a git repository|project you were looking for could not be found/i,
    status: 'not-found',
    detail: 'The remote has no such repository, or the token can not see it.',
    action: 'Check the name; make the repository if it does not exist, and let the token reach it.',
  },
  {
    words: /aborted by hook|hook declined/i,
    status: 'rejected',
    detail: 'A hook of the remote refused the push.',
    action: 'Nothing is lost here. See what the hook objects to, and push again.',
  },
  {
    words:
      /Could not resolve|Failed to connect|Couldn't connect|Connection (refused|timed out|reset|closed)|Operation too slow|timed out|unreachable|No route to host|Empty reply|RPC failed|hung up|early EOF|unexpected disconnect|expected flush|SSL|TLS|certificate|returned error: (429|5\d\d)|unable to access|Broken pipe|transfer closed|Temporary failure/i,
    status: 'offline',
    detail: 'The remote can not be reached now.',
    action: `Push again when there is a network. ${TRY_AGAIN}`,
  },
];

/** Tells from git's words what went wrong with a remote. */
export function troubleOf(result: Pick<RunResult, 'stderr' | 'timedOut'>): Trouble {
  const said = saidBy(result.stderr);
  if (result.timedOut) {
    return {
      status: 'offline',
      detail: 'The remote took the connection and then said nothing for too long.',
      action: `Push again later. ${TRY_AGAIN}`,
    };
  }
  const rule = RULES.find(({ words }) => words.test(result.stderr));
  if (!rule) {
    return {
      status: 'failed',
      detail: `git failed: ${said}`,
      action: `Nothing is lost here. Push again. ${TRY_AGAIN}`,
    };
  }
  return { status: rule.status, detail: `${rule.detail} (${said})`, action: rule.action };
}

/** The lines of git that say what went wrong, without progress, controls and addresses with credentials. */
function saidBy(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map(clean)
    .filter((line) => /^(fatal|error|remote|ssh|git@|!)/i.test(line));
  return lines.slice(0, 3).join(' ').slice(0, 500) || 'it said nothing';
}

const clean = (line: string): string =>
  line
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\/\/[^/@\s]+@/g, '//')
    .trim();
