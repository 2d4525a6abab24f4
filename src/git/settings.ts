/**
 * The settings that every git command of ours runs with, so nothing in a person's own configuration can
 * change, sign, refuse or slow down a capture. Each says why it is there.
 */
export const GIT_SETTINGS: readonly string[] = [
  // A person's hooks are for what they commit; a slow or failing one must not lose a message.
  'core.hooksPath=/dev/null',
  // Bytes go in and come out as they are, and links from a remote never lead out of the clone.
  'core.autocrlf=false',
  'core.symlinks=false',
  'core.fsmonitor=false',
  // A path is what its bytes say. On a disk that sees no difference git sets this to true, and then fast-import puts
  // a journal into any folder called `Messages`, which nobody reads.
  'core.ignorecase=false',
  'core.quotePath=false',
  // What we name is an id or a full name: git need not look whether a ref has the id for its name, a dozen files each time.
  'core.warnAmbiguousRefs=false',
  'core.excludesFile=/dev/null',
  // An answer is given when a power cut can't take the commit away again.
  'core.fsync=committed',
  'core.fsyncMethod=fsync',
  // A new commit is one small pack, which needs one sync where loose objects need one each.
  'fastimport.unpackLimit=1',
  'core.compression=1',
  // Larger objects go through git in pieces, so a giant file from a remote does not fill the memory.
  'core.bigFileThreshold=32m',
  'commit.gpgSign=false',
  'push.gpgSign=false',
  'merge.verifySignatures=false',
  // A renamed file is none here: journals are appended to.
  'merge.renames=false',
  // Housekeeping is ours to run, when nobody waits.
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'push.recurseSubmodules=no',
  'fetch.fsckObjects=false',
  'log.showSignature=false',
  'log.mailmap=false',
  // A history of a folder is of all that was in it, not of one file under its earlier names.
  'log.follow=false',
  'color.ui=false',
  // Nobody sits in front of it: a window that asks for a password would hold a sync up until somebody finds it.
  'core.askPass=',
  'credential.interactive=false',
  'core.logAllRefUpdates=true',
  // Hooks that a configuration defines (git 2.54 and later) are not governed by core.hooksPath.
  ...['pre-push', 'post-merge', 'reference-transaction', 'pre-commit', 'post-commit'].map(
    (event) => `hook.${event}.enabled=false`,
  ),
];

/**
 * For every command that compares: without it git reads the `.gitmodules` of the work tree, which a remote may have
 * written, and ends if it finds something wrong in it. Nor does it look for changes inside of submodules.
 */
export const NO_GITMODULES = '--ignore-submodules=dirty';

/** Names that may reach git from our own environment: where its settings, certificates and keys are. */
const KEPT_GIT_NAMES = new Set([
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_EXEC_PATH',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_SSL_NO_VERIFY',
  'GIT_PROXY_SSL_CAINFO',
]);

/** What must not reach git: our secrets, its own redirections, and what would make it ask or speak otherwise. */
const DROPPED = /^(GIT_.*|LC_.*|LANG|LANGUAGE|EDITOR|VISUAL|PAGER|SSH_ASKPASS|PREFIX|DEBUG|.*TOKEN.*)$/s;

/** The environment of every git child, made from our own. */
export function gitEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined || (DROPPED.test(name) && !KEPT_GIT_NAMES.has(name))) continue;
    environment[name] = value;
  }
  return {
    ...environment,
    // Outcomes are read from git's own words, which must not be translated.
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GCM_INTERACTIVE: 'never',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    // A trace that a person has set up in `trace2.*` may write our environment, the token included, into a file. git reads
    // those settings before any `-c`, so only these keep it from that.
    GIT_TRACE2: '0',
    GIT_TRACE2_EVENT: '0',
    GIT_TRACE2_PERF: '0',
    ...(environment.GIT_SSH_COMMAND === undefined && environment.GIT_SSH === undefined
      ? { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=20' }
      : {}),
  };
}
