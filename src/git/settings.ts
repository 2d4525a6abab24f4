/**
 * The settings that all our git commands run with, so nothing in a person's own configuration can change, sign,
 * refuse or slow down a capture. Each has its reason next to it.
 */
export const GIT_SETTINGS: readonly string[] = [
  // A person's hooks are for their own commits. A slow or failing hook must not cost a message.
  'core.hooksPath=/dev/null',
  // Bytes are stored and read unchanged, and links from a remote never lead out of the clone.
  'core.autocrlf=false',
  'core.symlinks=false',
  'core.fsmonitor=false',
  // A path is exactly its bytes. On a case-insensitive disk git sets this to true, and then fast-import puts a
  // journal into any folder named like `Messages`, which is not read.
  'core.ignorecase=false',
  'core.quotePath=false',
  // We always use ids or full names. git need not check whether a ref is named like an id, which takes a dozen file
  // accesses each time.
  'core.warnAmbiguousRefs=false',
  'core.excludesFile=/dev/null',
  // We only answer once a power cut can no longer lose the commit.
  'core.fsync=committed',
  'core.fsyncMethod=fsync',
  // A new commit is one small pack, which needs one fsync. Loose objects would need one each.
  'fastimport.unpackLimit=1',
  'core.compression=1',
  // Larger objects go through git in chunks, so a giant file from a remote does not fill the memory.
  'core.bigFileThreshold=32m',
  'commit.gpgSign=false',
  'push.gpgSign=false',
  'merge.verifySignatures=false',
  // Renames do not matter here, because journals are only appended to.
  'merge.renames=false',
  // We run housekeeping ourselves, when nobody is waiting.
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'push.recurseSubmodules=no',
  'fetch.fsckObjects=false',
  'log.showSignature=false',
  'log.mailmap=false',
  // The history of a folder covers everything that was in it, not one file under its earlier names.
  'log.follow=false',
  'color.ui=false',
  // Nobody is at the terminal. A dialog that asks for a password would block a sync until someone notices it.
  'core.askPass=',
  'credential.interactive=false',
  'core.logAllRefUpdates=true',
  // Hooks defined in the configuration (git 2.54 and later) are not covered by core.hooksPath.
  ...['pre-push', 'post-merge', 'reference-transaction', 'pre-commit', 'post-commit'].map(
    (event) => `hook.${event}.enabled=false`,
  ),
];

/**
 * For every command that compares. Without it git reads the `.gitmodules` of the work tree, which may come from a
 * remote, and fails if something in it is wrong. It also keeps git from looking for changes inside submodules.
 */
export const NO_GITMODULES = '--ignore-submodules=dirty';

/** Variables of our own environment that git may see: where its settings, certificates and keys are. */
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

/**
 * What git must not see: our secrets, git's own redirections, and anything that would make it prompt or print another
 * language.
 */
const DROPPED = /^(GIT_.*|LC_.*|LANG|LANGUAGE|EDITOR|VISUAL|PAGER|SSH_ASKPASS|PREFIX|DEBUG|.*TOKEN.*)$/s;

/** The environment of every git child, derived from our own. */
export function gitEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined || (DROPPED.test(name) && !KEPT_GIT_NAMES.has(name))) continue;
    environment[name] = value;
  }
  return {
    ...environment,
    // Results are recognised by git's messages, which must not be translated.
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GCM_INTERACTIVE: 'never',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    // If a person has set up a trace with `trace2.*`, it may write our environment, including the token, to a file.
    // git reads those settings before any `-c`, so only these variables can prevent that.
    GIT_TRACE2: '0',
    GIT_TRACE2_EVENT: '0',
    GIT_TRACE2_PERF: '0',
    ...(environment.GIT_SSH_COMMAND === undefined && environment.GIT_SSH === undefined
      ? { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=20' }
      : {}),
  };
}
