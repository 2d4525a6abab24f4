import type { Config } from './config.ts';
import { isDiskFull, reasonOf } from './domain/file-trouble.ts';
import type { Launcher } from './git/launcher/launcher.ts';
import { gitVersion } from './git/porcelain.ts';
import type { GitContext } from './git/run.ts';
import { GIT_SETTINGS } from './git/settings.ts';

/** What every process needs first. */

/** Why the program cannot start here. A person can fix it. */
export class StartRefused extends Error {}

/** Another gitpost is using the folders. */
export class FolderHeld extends StartRefused {}

/**
 * Why the folders could not be opened: as text for a person if a person can fix it, otherwise `undefined`. Nothing was
 * saved or changed.
 */
export function refusalOf(error: unknown, { reposDirectory, dataDirectory }: Config): string | undefined {
  if (error instanceof StartRefused) return error.message;
  const trouble = error as NodeJS.ErrnoException;
  if (trouble.syscall === undefined) return undefined;
  const folders = `${reposDirectory} and ${dataDirectory}`;
  const where = trouble.path === undefined ? '' : ` at ${trouble.path}`;
  const what = `gitpost cannot use its folders ${folders}: ${reasonOf(trouble)}${where}. Nothing was saved.`;
  return isDiskFull(trouble)
    ? `${what} Make room there, and try again`
    : `${what} Make them writable, or set REPOS_DIR and DATA_DIR to other folders`;
}

/** The oldest git that can merge without a work tree. */
const OLDEST_GIT = [2, 38] as const;

/** How git runs outside any clone. */
export const gitContextOf = ({ gitEnvironment }: Config, launcher?: Launcher): GitContext => ({
  directory: process.cwd(),
  environment: gitEnvironment,
  settings: GIT_SETTINGS,
  launcher,
});

export async function checkGit(git: GitContext): Promise<string> {
  const oldest = OLDEST_GIT.join('.');
  const installed = await gitVersion(git).catch((error: Error) => {
    const said = error.message.trim().split('\n')[0];
    throw new StartRefused(
      `git does not work here (${said}): install git ${oldest} or later and start again`,
    );
  });
  if (installed === undefined)
    throw new StartRefused(`git is not installed: install git ${oldest} or later and start again`);
  const [major = 0, minor = 0] = installed.split('.').map(Number);
  if (major > OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor >= OLDEST_GIT[1])) return installed;
  throw new StartRefused(`git ${installed} is too old: install git ${oldest} or later and start again`);
}

export function credentialsOf({ githubUsername, githubUrl, githubToken }: Config) {
  return githubUsername === undefined
    ? undefined
    : { url: githubUrl, username: githubUsername, token: githubToken };
}

/**
 * Whether simple-git could not start git because too many files are open. It reports that when nobody listens any
 * more.
 */
export const isOutOfFiles = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  (code === 'EMFILE' || code === 'ENFILE') && syscall?.startsWith('spawn') === true;
