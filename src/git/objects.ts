import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gitPath } from './paths.ts';
import { type GitContext, text } from './run.ts';

export interface ObjectCounts {
  readonly packs: number;
  /** How many objects are in a file of their own. */
  readonly loose: number;
  /** Bytes on disk of all objects, packed or loose. */
  readonly size: number;
}

/** How much a repository holds, and in how many files, as counted by `git count-objects`. */
export async function countObjects(context: GitContext): Promise<ObjectCounts> {
  const lines = await text(context, ['count-objects', '--verbose']);
  const counts = new Map(lines.split('\n').map((line) => line.split(': ') as [string, string]));
  const count = (name: string) => Number(counts.get(name) ?? 0);
  return {
    packs: count('packs'),
    loose: count('count'),
    // git reports sizes in KiB.
    size: (count('size') + count('size-pack')) * 1024,
  };
}

/** Loose objects are spread evenly over 256 folders by the first byte of their ids. Only these folders are counted. */
const SAMPLED = ['17', '57', '97', 'd7'];

/**
 * Estimates how many packs and loose objects a repository has, without starting git. The loose ones are extrapolated
 * from some of their folders, as `git gc --auto` does.
 */
export async function estimateObjects(context: GitContext): Promise<Pick<ObjectCounts, 'packs' | 'loose'>> {
  const objects = await gitPath(context, 'objects');
  const namesIn = (folder: string) => readdir(join(objects, folder)).catch((): string[] => []);
  const packs = (await namesIn('pack')).filter((name) => name.endsWith('.pack')).length;
  const sampled = await Promise.all(SAMPLED.map(namesIn));
  return { packs, loose: sampled.flat().length * (256 / SAMPLED.length) };
}
