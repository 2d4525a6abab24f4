import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { type Environment, mergeVariables, readDotenv } from './environment.ts';

/** The folders that the command uses. */
export interface Home {
  /** Where `.env` is, and what relative paths are relative to. */
  readonly directory: string;
  /** The variables to read the configuration with. */
  readonly environment: Environment;
  readonly dataDirectory: string;
  /** Whether it is the platform's default data folder, because none was named. */
  readonly isPlatform: boolean;
  /** Whether clones will be created in a current folder that has none yet and was not named. */
  readonly isNew: boolean;
}

/**
 * The folders for the command: those that are named, otherwise those in the current folder if gitpost uses it,
 * otherwise those in the platform's data folder.
 */
export function findHome(own: Environment, current: string): Home {
  const named = mergeVariables(readDotenv(current), own);
  const isPlatform = !isOurs(current) && !(named.REPOS_DIR && named.DATA_DIR);
  const directory = isPlatform ? resolve(envPaths('gitpost', { suffix: '' }).data) : current;
  const environment: Record<string, string | undefined> = { ...own };
  // Relative paths in a variable are relative to the folder where it was set.
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
