import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gitPath } from './paths.ts';
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

/** Loose objects lie in 256 folders by the first byte of their ids, evenly. So many of them are counted. */
const SAMPLED = ['17', '57', '97', 'd7'];

/**
 * About how many packs and loose objects a repository has, without a process of git: the loose ones are estimated from
 * some of their folders, as `git gc --auto` does.
 */
export async function estimateObjects(context: GitContext): Promise<Pick<ObjectCounts, 'packs' | 'loose'>> {
  const objects = await gitPath(context, 'objects');
  const namesIn = (folder: string) => readdir(join(objects, folder)).catch((): string[] => []);
  const packs = (await namesIn('pack')).filter((name) => name.endsWith('.pack')).length;
  const sampled = await Promise.all(SAMPLED.map(namesIn));
  return { packs, loose: sampled.flat().length * (256 / SAMPLED.length) };
}
