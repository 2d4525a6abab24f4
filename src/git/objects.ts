import { type GitContext, text } from './run.ts';

export interface ObjectCounts {
  readonly packs: number;
  /** How many objects have a file each. */
  readonly loose: number;
  /** Bytes on disk of all objects, packed or loose. */
  readonly size: number;
}

/** How much a repository holds, and in how many files, as `git count-objects` counts it. */
export async function countObjects(context: GitContext): Promise<ObjectCounts> {
  const lines = await text(context, ['count-objects', '--verbose']);
  const counts = new Map(lines.split('\n').map((line) => line.split(': ') as [string, string]));
  const count = (name: string) => Number(counts.get(name) ?? 0);
  return {
    packs: count('packs'),
    loose: count('count'),
    // git gives sizes in KiB.
    size: (count('size') + count('size-pack')) * 1024,
  };
}
