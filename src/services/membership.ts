import { fail } from '../domain/result.ts';
import type { Database } from '../mirror/database.ts';
import { makeEntry } from '../mirror/entry.ts';

/** Has the mirror forget a repository: a message that no other one holds goes with it. */
export async function forget(mirror: Database, name: string): Promise<void> {
  await mirror.forget(name, (entry) => {
    const held = [...entry.held].flatMap(([hash, { line, commits }]) => {
      const left = new Map([...commits].filter(([repository]) => repository !== name));
      return left.size === 0 ? [] : [[hash, { line, commits: left }] as const];
    });
    return makeEntry(new Map(held));
  });
}

export const repositoryExists = (name: string) =>
  fail('repository-exists', `There is already a repository ${JSON.stringify(name)}. Nothing was changed.`);

export const folderExists = (name: string) =>
  fail('repository-exists', `There is already a folder ${JSON.stringify(name)}. Nothing was changed.`);

export const noRepository = (name: string) =>
  fail('unknown-repository', `There is no repository ${JSON.stringify(name)}.`);

export const fixed = (name: string, what: string) =>
  fail(
    'fixed-by-environment',
    `The environment names ${name} (REPOSITORY_NAME or REPOSITORIES), so it cannot be ${what} here. Change it there and restart gitpost.`,
  );

export const notNow = (name: string) =>
  fail(
    'unavailable',
    `The clone of ${name} cannot be changed at the moment; another git may hold it. Nothing was changed; try again.`,
    { retryAfter: 5 },
  );
