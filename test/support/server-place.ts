import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bareRepository } from './git.ts';

/** Runs a program to its end; rejects when it fails. */
export const run = promisify(execFile);

/** Programs that `scripts/servers.mjs` has found, by their names. */
export type Found = Readonly<Record<string, string>>;

/** Each server has these repositories: two to write to, one whose hook refuses, and one that may only be read. */
export const REPOSITORIES = ['notes', 'large', 'refusing', 'readonly'] as const;

/** What each push that must not work has to come to; one that a server cannot express is left out. */
interface Refusals {
  readonly missing: 'not-found' | 'unauthorized';
  readonly refusing?: 'rejected';
  readonly readonly?: 'unauthorized';
  readonly stranger?: 'unauthorized';
}

/** A git server on this machine that other people wrote. */
export interface RealServer {
  readonly refusals: Refusals;
  url(repository: string): string;
  /** The environment of a gitpost that is let in. */
  readonly env: Readonly<Record<string, string>>;
  /** The environment of a gitpost whose key or password the server does not accept. */
  readonly stranger: Readonly<Record<string, string>>;
  /** Asks plain git on the server's own disk. */
  git(repository: string, ...args: string[]): Promise<string>;
  end(): Promise<void>;
}

/** What a server is started with. */
export interface Place {
  /** Holds everything of the server; it is removed in the end. */
  readonly folder: string;
  /** Holds the bare repositories, each as `name.git`. */
  readonly root: string;
  readonly port: number;
  readonly found: Found;
  start(program: string, args: readonly string[], env?: Record<string, string>): void;
}

/** What the start of a server comes to. */
export type Built = Pick<RealServer, 'refusals' | 'url' | 'env' | 'stranger'>;

/** The environment of a server. */
export const system = () => ({ PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C' });

/** Makes the bare repositories. */
export async function makeRepositories(root: string): Promise<void> {
  for (const name of REPOSITORIES) await bareRepository(join(root, `${name}.git`));
  await refuse(root);
}

/** Gives one repository a hook that refuses each push. */
export async function refuse(root: string): Promise<void> {
  const hook = join(root, 'refusing.git/hooks/pre-receive');
  await mkdir(dirname(hook), { recursive: true });
  await writeFile(hook, '#!/bin/sh\necho "No posts on Sundays" >&2\nexit 1\n', { mode: 0o755 });
}
