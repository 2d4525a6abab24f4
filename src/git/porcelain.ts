import { setTimeout as delay } from 'node:timers/promises';
import { type SimpleGit, type SimpleGitOptions, simpleGit } from 'simple-git';
import { SILENCE_MS } from './gits.ts';
import { type GitContext, output } from './run.ts';
import { NO_GITMODULES } from './settings.ts';

/**
 * simple-git, for well-known git commands outside the write path: it waits 50 ms after a command that prints nothing.
 * Without the `errors` option it treats a killed git, and any failure that prints nothing, as a success.
 */
function porcelain(context: GitContext): SimpleGit {
  const options: Partial<SimpleGitOptions> = {
    baseDir: context.directory,
    config: [...context.settings],
    maxConcurrentProcesses: 1,
    allowEnvironment: Object.keys(context.environment),
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeSshCommand: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeExec: true,
    },
    errors: (error, result) =>
      error ?? (result.exitCode === 0 ? undefined : Buffer.concat([...result.stdErr, ...result.stdOut])),
  } as Partial<SimpleGitOptions>;
  return simpleGit(options).env({ ...context.environment });
}

/** The version of git, such as `2.39.5`; `undefined` if git is not installed. */
export async function gitVersion(context: GitContext): Promise<string | undefined> {
  const late = new AbortController();
  const limit = delay(SILENCE_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`it did not answer in ${SILENCE_MS / 1000} seconds`);
  });
  const version = await Promise.race([porcelain(context).version(), limit]).finally(() => {
    limit.catch(() => undefined);
    late.abort();
  });
  return version.installed ? `${version.major}.${version.minor}.${version.patch}` : undefined;
}

/** A person's uncommitted changes: path to git's status code (`XY` of `git status --porcelain`). */
export async function uncommittedChanges(context: GitContext): Promise<Map<string, string>> {
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', NO_GITMODULES];
  const rows = (await output(context, args)).toString('utf8').split('\0');
  return new Map(rows.filter((row) => row !== '').map((row) => [row.slice(3), row.slice(0, 2)]));
}
