/** What a sentence of git is about; each is put into it just as git would. */
export interface Named {
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly branch: string;
}

const UNREAD = `fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.
`;
const BOX = '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@';

/** What git 2.39 and OpenSSH 9.2 said about a remote over ssh, word for word. */
export const SSH_WORDS: Readonly<Record<string, (named: Named) => string>> = {
  'an unknown host key': () => `Host key verification failed.\r\n${UNREAD}`,
  'an unknown host key, checked strictly': ({ host }) =>
    `No ED25519 host key is known for [${host}]:22022 and you have requested strict checking.\r\nHost key verification failed.\r\n${UNREAD}`,
  'a changed host key': ({ host }) => `${BOX}
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
${BOX}
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ED25519 key sent by the remote host is
SHA256:Oq8QVoZvA4xl8jKVgUtkMZImn5RJvazOXyRmsSusm/k.
Please contact your system administrator.
Add correct host key in /home/ann/.ssh/known_hosts to get rid of this message.
Offending ED25519 key in /home/ann/.ssh/known_hosts:1
  remove with:
  ssh-keygen -f "/home/ann/.ssh/known_hosts" -R "[${host}]:22022"
Host key for [${host}]:22022 has changed and you have requested strict checking.
Host key verification failed.
${UNREAD}`,
  'a revoked host key': ({ host }) => `${BOX}
@       WARNING: REVOKED HOST KEY DETECTED!               @
${BOX}
The ED25519 host key for [${host}]:22022 is marked as revoked.
This could mean that a stolen key is being used to
impersonate this host.
ED25519 host key for [${host}]:22022 was revoked and you have requested strict checking.
Host key verification failed.
${UNREAD}`,
  'no key that is accepted': ({ host }) => `git@${host}: Permission denied (publickey).\r\n${UNREAD}`,
  'a key that others can read': ({ host }) => `${BOX}
@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
${BOX}
Permissions 0644 for '/home/ann/.ssh/id_ed25519' are too open.
It is required that your private key files are NOT accessible by others.
This private key will be ignored.
Load key "/home/ann/.ssh/id_ed25519": bad permissions
git@${host}: Permission denied (publickey).
${UNREAD}`,
  'a host that is not found': ({ host }) =>
    `ssh: Could not resolve hostname ${host}: Name or service not known\r\n${UNREAD}`,
  'a port that nobody listens on': ({ host }) =>
    `ssh: connect to host ${host} port 22999: Connection refused\r\n${UNREAD}`,
  'no ssh program': () => `ssh -oBatchMode=yes -oConnectTimeout=20: 1: ssh: not found\n${UNREAD}`,
  'a wrong GIT_SSH': () => 'fatal: cannot run /opt/ssh: No such file or directory\nfatal: unable to fork\n',
  'a wrong configuration': () => `command-line: line 0: Bad configuration option: nonsense\r\n${UNREAD}`,
  'no such folder': ({ path }) => `fatal: '${path}' does not appear to be a git repository\n${UNREAD}`,
  'no such repository on GitHub': () => `ERROR: Repository not found.\n${UNREAD}`,
  'no such repository on GitLab': () =>
    `remote: \nremote: ERROR: The project you were looking for could not be found or you don't have permission to view it.\nremote: \n${UNREAD}`,
  'no right to write on GitHub': ({ path }) =>
    `ERROR: Permission to ${path.slice(1)} denied to bob.\n${UNREAD}`,
  'no right in gitolite': ({ name }) =>
    `FATAL: W any ${name} bob DENIED by fallthru\n(or you mis-spelled the reponame)\n${UNREAD}`,
  'a folder of another user on the host': ({ path }) =>
    `fatal: detected dubious ownership in repository at '${path}'\nTo add an exception for this directory, call:\n\n\tgit config --global --add safe.directory ${path}\n${UNREAD}`,
};

/** The same over HTTP. */
export const HTTP_WORDS: Readonly<Record<string, (named: Named) => string>> = {
  'no credentials': ({ url }) =>
    `fatal: could not read Username for '${new URL(url).origin}': terminal prompts disabled\n`,
  'wrong credentials': ({ url }) => `fatal: Authentication failed for '${url}/'\n`,
  '403': ({ url }) =>
    `remote: No.\nfatal: unable to access '${url}/': The requested URL returned error: 403\n`,
  '404': ({ url }) => `remote: some words\nfatal: repository '${url}/' not found\n`,
  '302': ({ url }) => `fatal: unable to access '${url}/': The requested URL returned error: 302\n`,
  '503': ({ url }) => `fatal: unable to access '${url}/': The requested URL returned error: 503\n`,
  'a web page': ({ url }) => `fatal: ${url}/info/refs not valid: is this a git repository?\n`,
  'no host of the name': ({ url, host }) =>
    `fatal: unable to access '${url}/': Could not resolve host: ${host}\n`,
  'nobody there': ({ url, host }) =>
    `fatal: unable to access '${url}/': Failed to connect to ${host} port 80 after 2 ms: Couldn't connect to server\n`,
  'a reset': ({ url }) => `fatal: unable to access '${url}/': Recv failure: Connection reset by peer\n`,
  'no answer': ({ url }) => `fatal: unable to access '${url}/': Empty reply from server\n`,
  'a wrong certificate': ({ url }) =>
    `fatal: unable to access '${url}/': server certificate verification failed. CAfile: /etc/ssl/certs/ca-certificates.crt CRLfile: none\n`,
  'a certificate of another host': ({ url, host }) =>
    `fatal: unable to access '${url}/': SSL: certificate subject name (${host}) does not match target host name '${host}'\n`,
  'no TLS': ({ url }) =>
    `fatal: unable to access '${url}/': gnutls_handshake() failed: An unexpected TLS packet was received.\n`,
};

/** The same of a folder. */
export const FILE_WORDS: Readonly<Record<string, (named: Named) => string>> = {
  'a folder of another user': ({ path }) =>
    `fatal: detected dubious ownership in repository at '${path}'\nTo add an exception for this directory, call:\n\n\tgit config --global --add safe.directory ${path}\n${UNREAD}`,
  'no repository': ({ path }) => `fatal: '${path}' does not appear to be a git repository\n${UNREAD}`,
  'a file': ({ path }) => `fatal: invalid gitfile format: ${path}\n${UNREAD}`,
  'missing objects': () =>
    'fatal: remote error: upload-pack: not our ref ec435afb40394d158ee23f1b00887b66c068c8ec\nfatal: git upload-pack: not our ref ec435afb40394d158ee23f1b00887b66c068c8ec\n',
};

/** What a remote said when it refused a push: the reason next to the ref, and git's own output. */
export const REFUSALS: Readonly<Record<string, (named: Named) => readonly [reason: string, stderr: string]>> =
  {
    'a hook': ({ url }) => [
      '[remote rejected] (pre-receive hook declined)',
      `remote: Not on a Friday        \nerror: failed to push some refs to '${url}'\n`,
    ],
    'a full disk': ({ url }) => [
      '[remote rejected] (unpacker error)',
      `remote: fatal: unable to write loose object file: No space left on device        \nerror: remote unpack failed: unpack-objects abnormal exit\nerror: failed to push some refs to '${url}'\n`,
    ],
    'a read-only disk': ({ url }) => [
      '[remote rejected] (unpacker error)',
      `error: remote unpack failed: unable to create temporary object directory\nerror: failed to push some refs to '${url}'\n`,
    ],
    'a check of contents': ({ url }) => [
      '[remote rejected] (unpacker error)',
      `remote: error: object 37f0c80ce3c6da552cfe22abd079188491179ff6: gitmodulesPath: disallowed submodule path: -x        \nremote: fatal: fsck error in pack objects        \nerror: remote unpack failed: unpack-objects abnormal exit\nerror: failed to push some refs to '${url}'\n`,
    ],
    'a shallow clone': ({ url }) => [
      '[remote rejected] (shallow update not allowed)',
      `error: failed to push some refs to '${url}'\n`,
    ],
    'a branch that is checked out': ({ url, branch }) => [
      '[remote rejected] (branch is currently checked out)',
      `remote: error: refusing to update checked out branch: refs/heads/${branch}        \nremote: error: By default, updating the current branch in a non-bare repository        \nerror: failed to push some refs to '${url}'\n`,
    ],
    'a branch in the way': ({ url, branch }) => [
      '[remote rejected] (failed to update ref)',
      `remote: error: cannot lock ref 'refs/heads/${branch}/x': 'refs/heads/${branch}' exists; cannot create 'refs/heads/${branch}/x'        \nerror: failed to push some refs to '${url}'\n`,
    ],
    'a lock that was left': ({ url, path, branch }) => [
      '[remote rejected] (failed to update ref)',
      `remote: error: cannot lock ref 'refs/heads/${branch}': Unable to create '${path}/./refs/heads/${branch}.lock': File exists.        \nremote: \nremote: Another git process seems to be running in this repository, e.g.        \nerror: failed to push some refs to '${url}'\n`,
    ],
    'a protected branch': ({ url, branch }) => [
      '[remote rejected] (protected branch hook declined)',
      `remote: error: GH006: Protected branch update failed for refs/heads/${branch}.        \nerror: failed to push some refs to '${url}'\n`,
    ],
    'a rule of gitolite': ({ url, name, branch }) => [
      '[remote rejected] (hook declined)',
      `remote: FATAL: W refs/heads/${branch} ${name} bob DENIED by refs/.*        \nremote: error: hook declined to update refs/heads/${branch}        \nerror: failed to push some refs to '${url}'\n`,
    ],
  };
