import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { type Environment, mergeVariables, readDotenv } from './environment.ts';

/** Where the command works. */
export interface Home {
  /** Where `.env` is, and what relative folders begin at. */
  readonly directory: string;
  /** The variables to read the configuration with. */
  readonly environment: Environment;
  readonly dataDirectory: string;
  /** Whether it is the platform's own folder for data, which nobody has named. */
  readonly isPlatform: boolean;
  /** Whether clones will be made in a current folder that has none yet, and that nobody has named. */
  readonly isNew: boolean;
}

/**
 * The folders of the command: those that are named, else those of the current folder if it is one of gitpost's, else
 * those in the platform's folder for data.
 */
export function findHome(own: Environment, current: string): Home {
  const named = mergeVariables(readDotenv(current), own);
  const isPlatform = !isOurs(current) && !(named.REPOS_DIR && named.DATA_DIR);
  const directory = isPlatform ? resolve(envPaths('gitpost', { suffix: '' }).data) : current;
  const environment: Record<string, string | undefined> = { ...own };
  // Folders that a variable names begin at the folder where it was set.
  for (const name of ['REPOS_DIR', 'DATA_DIR'] as const)
    if (own[name]) environment[name] = resolve(current, own[name]);
  const { DATA_DIR = 'data' } = mergeVariables(readDotenv(directory), environment);
  const isNew = !isPlatform && !named.REPOS_DIR && !isFolder(join(directory, 'repos'));
  return { directory, environment, dataDirectory: resolve(directory, DATA_DIR), isPlatform, isNew };
}

function isOurs(folder: string): boolean {
  const hasSettings = statSync(join(folder, '.env'), NO_THROW)?.isFile() === true;
  return hasSettings || isFolder(join(folder, 'repos')) || isFolder(join(folder, 'data'));
}

const isFolder = (path: string): boolean => statSync(path, NO_THROW)?.isDirectory() === true;

const NO_THROW = { throwIfNoEntry: false } as const;
