import { fail } from '../domain/result.ts';

/** The failure for names that no repository has. It says which there are. */
export function unknownRepository(
  unknown: readonly string[],
  repositories: { readonly names: () => readonly string[] },
) {
  const list = unknown.map((name) => JSON.stringify(name)).join(', ');
  return fail(
    'unknown-repository',
    `There is no repository ${list}. There are: ${repositories.names().join(', ')}.`,
  );
}
