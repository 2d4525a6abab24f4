import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables in a folder's `.env`; empty if there is no such file. */
export function readDotenv(directory: string): Record<string, string> {
  try {
    return parse(readFileSync(resolve(directory, '.env')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return {};
    throw error;
  }
}

/** Merges variables. Later sources take precedence. An empty variable counts as not set. */
export function mergeVariables(...sources: readonly Environment[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const source of sources) {
    for (const [name, value] of Object.entries(source))
      if (value !== undefined && value !== '') merged[name] = value;
  }
  return merged;
}

/**
 * Whether other users of this machine can read a token in the folder's `.env`. Always false if the system has no file
 * modes.
 */
export function exposesToken(directory: string): boolean {
  const { GITHUB_TOKEN, ACCESS_TOKEN } = readDotenv(directory);
  if (process.platform === 'win32' || !(GITHUB_TOKEN || ACCESS_TOKEN)) return false;
  return (statSync(resolve(directory, '.env')).mode & 0o044) !== 0;
}
