import { type SimpleGit, type SimpleGitOptions, simpleGit } from 'simple-git';
import type { GitContext } from './run.ts';
import { NO_GITMODULES } from './settings.ts';

/**
 * simple-git for the verbs that people know, off the write path: it waits 50 ms after a command that prints
 * nothing. Without the `errors` option it takes a killed git, and any failure that prints nothing, for a success.
 */
export function porcelain(context: GitContext): SimpleGit {
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

/** The version of git, such as `2.39.5`, or `undefined` where there is none. */
export async function gitVersion(context: GitContext): Promise<string | undefined> {
  const version = await porcelain(context).version();
  return version.installed ? `${version.major}.${version.minor}.${version.patch}` : undefined;
}

/** A person's uncommitted changes, as path to what git calls them (`XY` of `git status --porcelain`). */
export async function uncommittedChanges(context: GitContext): Promise<Map<string, string>> {
  const status = await porcelain(context).status(['--untracked-files=all', '--no-renames', NO_GITMODULES]);
  return new Map(status.files.map((file) => [file.path, `${file.index}${file.working_dir}`]));
}
