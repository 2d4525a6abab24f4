import { once } from 'node:events';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { spawnGit } from '../../src/git/launcher/spawn.ts';
import { launcher } from './launcher.ts';

/** What a failed git command rejects with. */
export interface GitFailure extends Error {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** An environment in which git behaves the same on every machine and never asks a person. */
export function gitEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nonexistent',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    GIT_AUTHOR_NAME: 'Person',
    GIT_AUTHOR_EMAIL: 'person@example.org',
    GIT_COMMITTER_NAME: 'Person',
    GIT_COMMITTER_EMAIL: 'person@example.org',
  };
}

/** Runs git and answers the bytes of its output. */
export async function gitBytes(cwd: string, ...args: string[]): Promise<Buffer> {
  const start = { args, directory: cwd, environment: gitEnvironment() };
  const child = launcher.start(start) ?? spawnGit(start);
  child.stdin.end();
  const [stdout, stderr, code] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'close').then(([code]) => code as number | null),
  ]);
  if (code === 0) return stdout;
  const words = stderr || stdout.toString().slice(0, 2000);
  const failure = new Error(`git ${args.join(' ')} ended with ${code}: ${words}`);
  throw Object.assign(failure, { code, stdout: stdout.toString(), stderr });
}

const BUSY_TRIES = 10;

/**
 * Runs git and answers its output as text, without the last line end. Where another git holds the index for a moment it
 * is tried again, as a person would: gitpost brings index and work tree after its captures.
 */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await gitBytes(cwd, ...args)).toString().replace(/\n$/, '');
    } catch (error) {
      if (attempt === BUSY_TRIES || !isIndexBusy(error as GitFailure, args)) throw error;
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }
}

/** `git stash` alone says nothing when it cannot have the index. */
function isIndexBusy({ code, stderr }: GitFailure, [command]: readonly string[]): boolean {
  if (/index\.lock': File exists/.test(stderr)) return true;
  return command === 'stash' && code === 1 && stderr === '';
}

/** Runs a git command that has to fail, and answers how it did; not because the index was held for a moment. */
export function gitFailure(cwd: string, ...args: string[]): Promise<GitFailure> {
  return git(cwd, ...args).then(
    async (said) => {
      const history = await git(cwd, 'log', '--graph', '--all', '--oneline', '-n', '12');
      throw new Error(`git ${args.join(' ')} was expected to fail, and said: ${said}\n${history}`);
    },
    (failure: GitFailure) => failure,
  );
}

/** Makes an empty bare repository and answers its path. */
export async function bareRepository(path: string, branch = 'main'): Promise<string> {
  await mkdir(path, { recursive: true });
  await git(path, 'init', '--quiet', '--bare', '-b', branch);
  // A push to it starts no tidying up, which no test waits for.
  await appendFile(join(path, 'config'), '[receive]\n\tautogc = false\n');
  return path;
}

/** Clones `url` to `path` and answers that path. */
export async function cloneOf(url: string, path: string): Promise<string> {
  await git(dirname(path), 'clone', '--quiet', url, path);
  return path;
}

/** Writes one file in a clone, commits it alone and answers the id of the commit. */
export async function commitFile(
  clone: string,
  file: string,
  content: string | Uint8Array,
  message: string,
): Promise<string> {
  await mkdir(dirname(join(clone, file)), { recursive: true });
  await writeFile(join(clone, file), content);
  await git(clone, 'add', '--', file);
  await git(clone, 'commit', '--quiet', '-m', message, '--', file);
  return git(clone, 'rev-parse', 'HEAD');
}

/** One entry a commit, newest first, in git's own format, as in `log(clone, '%an %s')`. */
export async function log(clone: string, format: string, ...args: string[]): Promise<string[]> {
  const text = await git(clone, 'log', '-z', `--format=${format}`, ...args);
  return text.split('\0').filter((entry) => entry !== '');
}
