import type { SyncFailure } from '../domain/repository.ts';
import { hostOf, localPath, type Protocol, sshTrial } from './address.ts';
import type { Spoken, Words } from './words.ts';

export type TroubleText = string | ((spoken: Spoken, stderr: string) => string);

/** What a message means to a person. */
export interface TroubleRule {
  /** Matched against the text without names; see {@link wordsOf}. */
  readonly words: RegExp;
  /** Whose text is matched. The remote's own text can say anything, so few rules use it. */
  readonly by?: keyof Words | 'both';
  /** The kinds of remote that the rule applies to; all of them if not set. */
  readonly of?: readonly Protocol[];
  readonly status: SyncFailure;
  readonly detail: TroubleText;
  readonly action: TroubleText;
  /**
   * Whether git's message is left out of the answer, because it recommends something that should not be done blindly.
   */
  readonly unquoted?: boolean;
}

export const TRY_AGAIN = 'Nothing is lost: it is sent with the next push that gets through.';
const SSH = ['ssh'] as const;
const HTTP = ['http', 'https'] as const;
const FILE = ['file'] as const;

const hostName = ({ url }: Spoken): string => hostOf(url)?.host ?? 'the host';
const folder = ({ url }: Spoken): string => localPath(url) ?? hostOf(url)?.path ?? url;
/** Quoted as a shell argument. */
const quoted = (path: string): string =>
  /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

/** What ssh prints, and what it means to a person. */
const SSH_RULES: readonly TroubleRule[] = [
  {
    words: /REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY|Host key for \S{1,300} has changed/,
    of: SSH,
    status: 'failed',
    detail: (spoken, stderr) =>
      `Warning: ${hostName(spoken)} shows a different ssh host key than before, or one that was revoked. ` +
      `Someone may be intercepting the connection. Nothing was sent.${fingerprint(stderr)}`,
    action:
      'Do not connect to it until you know why. Ask the people who run the host, but not over this connection, ' +
      'whether they changed the key, and compare its fingerprint with the one they publish. If it is theirs, ' +
      'replace the old key in known_hosts. Messages are captured as before.',
    unquoted: true,
  },
  {
    words: /Host key verification failed|host key is known for/i,
    of: SSH,
    status: 'failed',
    detail: (spoken) =>
      `This machine has no ssh host key of ${hostName(spoken)} yet, so ssh cannot tell whether it is the right host. Nothing was sent.`,
    action: ({ url }) =>
      `In a terminal, as the user who runs gitpost, run: ${sshTrial(url)}. Answer yes only if the fingerprint that it shows is the one ` +
      `that the host publishes. Then push again. ${TRY_AGAIN}`,
    unquoted: true,
  },
  {
    words: /UNPROTECTED PRIVATE KEY FILE|bad permissions/i,
    of: SSH,
    status: 'unauthorized',
    detail: 'ssh ignores your private key, because other users of this machine may read its file.',
    action: 'Let nobody else read it: chmod 600 on the file of the key. Then push again.',
    unquoted: true,
  },
  {
    words: /Permission denied \(|Too many authentication failures/i,
    of: SSH,
    status: 'unauthorized',
    detail: (spoken) => `${hostName(spoken)} accepts none of the ssh keys that gitpost can use.`,
    action: ({ url, hasAgent }) =>
      `Add your public key to your account there, and try it in a terminal as the user who runs gitpost: ${sshTrial(url)}. ` +
      'gitpost cannot ask for the passphrase of a key: load such a key into an ssh-agent with ssh-add' +
      `${hasAgent ? '.' : ', and start gitpost where SSH_AUTH_SOCK is set. It is not set now.'} ${TRY_AGAIN}`,
  },
  {
    words:
      /\bssh: (?:command )?not found|cannot run .{0,500}No such file|ssh variant .{0,100} does not support/i,
    of: SSH,
    status: 'failed',
    detail: 'The ssh program cannot be started.',
    action:
      'Install an OpenSSH client, or correct core.sshCommand, GIT_SSH_COMMAND or GIT_SSH if you set one of them. Then push again.',
  },
  {
    words: /Bad configuration option|bad configuration options|Bad owner or permissions/i,
    of: SSH,
    status: 'failed',
    detail: 'ssh refuses its own configuration.',
    action: ({ url }) => `Correct ~/.ssh/config until this works in a terminal: ${sshTrial(url)}.`,
  },
  {
    words: /Could not resolve hostname/i,
    of: SSH,
    status: 'offline',
    detail: (spoken) => `There is no host named ${hostName(spoken)}, or there is no network.`,
    action: `Check the name if other addresses can be reached. ${TRY_AGAIN}`,
  },
  {
    words: /port \d+: Connection refused/i,
    of: SSH,
    status: 'offline',
    detail: (spoken) =>
      `${hostName(spoken)} can be reached, but no ssh server answers at port ${hostOf(spoken.url)?.port ?? 22}.`,
    action: `Check the port, and whether the ssh server runs there. ${TRY_AGAIN}`,
  },
  {
    words: /no matching (?:host key type|key exchange method|cipher|MAC) found/i,
    of: SSH,
    status: 'failed',
    detail: 'This ssh and the ssh server of the host have no algorithm in common.',
    action: 'One of the two is too old: update it.',
  },
  {
    words: /marked as read only|deploy key/i,
    by: 'both',
    of: SSH,
    status: 'unauthorized',
    detail: 'The ssh key may read this repository but not write to it.',
    action: 'Let the key write to it, in the settings of the repository, or use another key.',
  },
  {
    // gitolite, and what GitHub and GitLab print over ssh.
    words:
      /\bDENIED by\b|Permission to .{0,500} denied|Write access to repository not granted|not allowed to (?:push|upload|access)|access denied/i,
    by: 'both',
    of: SSH,
    status: 'unauthorized',
    detail: 'The remote knows you but does not let you use this repository.',
    action:
      'Check the name of the repository, and whether the owner of your ssh key may read it and write to it. Nothing is lost here.',
  },
];

const FILE_RULES: readonly TroubleRule[] = [
  {
    words: /Permission denied|Operation not permitted/i,
    of: FILE,
    status: 'unauthorized',
    detail: (spoken) => `The user who runs gitpost may not use the folder ${folder(spoken)}.`,
    action: 'Let that user read and write it. Nothing is lost here.',
  },
  {
    words: /invalid gitfile format|not a git repository|does not appear to be a git repository/i,
    of: FILE,
    status: 'not-found',
    detail: (spoken) => `${folder(spoken)} is not a git repository, or this user may not read it.`,
    action: ({ url }) =>
      `Check the path. To make an empty repository there: git init --bare ${quoted(localPath(url) ?? url)}. ${TRY_AGAIN}`,
  },
];

/** What git and curl print under `LC_ALL=C`, and what it means to a person. The first rule that matches applies. */
export const TROUBLE_RULES: readonly TroubleRule[] = [
  {
    words: /dubious ownership/i,
    status: 'failed',
    detail: (spoken, stderr) =>
      `git does not trust ${distrusted(spoken, stderr)}, because it belongs to another user.`,
    action: (spoken, stderr) =>
      `Give it to the user who runs gitpost, or say that you trust it${localPath(spoken.url) ? '' : ', on that machine'}: ` +
      `git config --global --add safe.directory ${quoted(untrusted(spoken, stderr))}. Nothing is lost here.`,
    unquoted: true,
  },
  {
    words: /mismatched algorithms|support this repository's hash algorithm/i,
    status: 'failed',
    detail: 'The remote uses another kind of hash for its commits than the clone.',
    action: 'Use a remote of the same kind (git init --object-format=sha1). Nothing is lost here.',
  },
  {
    words: /transport \S{1,100} not allowed/i,
    status: 'failed',
    detail: 'A git setting leads to an address with another protocol than the one you gave.',
    action:
      'Look for url.<base>.insteadOf in your git configuration, or give that address here. Nothing was sent.',
  },
  ...SSH_RULES,
  ...FILE_RULES,
  {
    words: /returned error: 30[12378]|unable to update url base from redirection/i,
    of: HTTP,
    status: 'failed',
    detail: 'The remote answers that the repository has moved.',
    action: 'Set the new address of the repository; a token is never sent to another address.',
  },
  {
    words:
      /Authentication failed|could not read (Username|Password)|returned error: 40[13]|terminal prompts disabled/i,
    of: HTTP,
    status: 'unauthorized',
    detail: 'The remote does not accept the credentials, or they do not allow this.',
    action:
      'Check that GITHUB_TOKEN is valid and not expired and may read and write the contents of this repository; for another host check its own keys or credential helper.',
  },
  {
    words:
      /not valid: is this a git repository|no DAV locking support|http-push failed|invalid content-type/i,
    of: HTTP,
    status: 'offline',
    detail: 'The answer did not come from a git server. It may be the sign-in page of a network.',
    action: `Open a page in the browser and sign in to the network, then push again. ${TRY_AGAIN}`,
  },
  {
    words: /repository \S{1,2000} not found|returned error: 404|does not appear to be a git repository/i,
    status: 'not-found',
    detail: 'The remote has no such repository, or you may not see it.',
    action:
      'Check the name; make the repository if it does not exist, and give your token or key access to it.',
  },
  {
    words: /Repository not found|project you were looking for could not be found|repository does not exist/i,
    by: 'both',
    status: 'not-found',
    detail: 'The remote has no such repository, or you may not see it.',
    action:
      'Check the name; make the repository if it does not exist, and give your token or key access to it.',
  },
  {
    words: /certificate|self.signed|\bCAfile\b/i,
    of: HTTP,
    status: 'offline',
    detail: 'The certificate of the remote cannot be verified, so nothing was sent.',
    action: `A wrong clock, the sign-in page of a network or a proxy of your company can cause this. For a certificate of your own set http.sslCAInfo in your git configuration. ${TRY_AGAIN}`,
  },
  {
    words: /aborted by hook|hook declined/i,
    status: 'rejected',
    detail: 'A hook of the remote refused the push.',
    action: 'Nothing is lost here. See what the hook objects to, and push again.',
  },
  {
    words:
      /not our ref|did not send all necessary objects|remote did not send|bad object|upload-pack: .{0,500}(?:corrupt|missing)/i,
    status: 'failed',
    detail: 'The repository of the remote is damaged: objects are missing in it.',
    action:
      'Repair it from a copy, or use a new repository: this clone has everything that was ever fetched or captured here.',
  },
  {
    words:
      /Could not resolve|Failed to connect|Couldn't connect|Connection (refused|timed out|reset|closed)|Operation too slow|timed out|unreachable|No route to host|Empty reply|RPC failed|hung up|early EOF|unexpected disconnect|expected flush|\bSSL\b|\bTLS\b|handshake|returned error: (429|5\d\d)|unable to access|Broken pipe|transfer closed|Temporary failure/i,
    status: 'offline',
    detail: 'The remote cannot be reached at the moment.',
    action: `Push again when there is a network. ${TRY_AGAIN}`,
  },
];

/** The fingerprint that the host showed. A person needs nothing else of ssh's warning. */
function fingerprint(stderr: string): string {
  const shown = /\bSHA256:[A-Za-z0-9+/]{43}\b/.exec(stderr)?.[0];
  return shown === undefined ? '' : ` The key that it shows has the fingerprint ${shown}.`;
}

/** A description of the folder that git does not trust: the clone's own, or the remote's. */
function distrusted(spoken: Spoken, stderr: string): string {
  const path = untrusted(spoken, stderr);
  if (path === spoken.directory) return `the folder of the clone, ${path}`;
  return localPath(spoken.url)
    ? `the folder of the remote, ${path}`
    : `the folder ${path} on ${hostName(spoken)}`;
}

/**
 * The path of that folder. It is only believed if it is inside a folder that we know, since an ssh server can print
 * any path.
 */
function untrusted(spoken: Spoken, stderr: string): string {
  const { directory } = spoken;
  const named = /dubious ownership in repository at '(.{0,4000})'/.exec(stderr)?.[1] ?? '';
  if (named === directory || named === `${directory}/.git`) return directory;
  const remote = folder(spoken);
  return localPath(spoken.url) && named.startsWith(`${remote}/`) ? named : remote;
}
