// What an archive of some size costs: on disk, to clone, to start with. The same generator as for everything else.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeArchive } from './archive.mjs';
import { folder, quick } from './environment.mjs';
import { allCommitsKnown, sizeOf, startGitpost } from './gitpost.mjs';
import { timed } from './measure.mjs';
import { gitIn } from './plain-git.mjs';

const SIZES = quick ? [1000, 5000] : [10_000, 100_000, 1_000_000];
const MB = 1024 * 1024;

export const GROWTH_HEAD = [
  'messages',
  'files',
  'journal',
  'remote, packed',
  '`git clone`',
  'clone with work tree',
  'first start, until GET is right',
  'mirror',
  'later starts',
  'memory, idle',
];

/** A row of cells for each size. */
export async function* growthRows() {
  for (const size of SIZES) yield await costOf(size);
}

async function costOf(size) {
  const remote = join(folder, `growth-${size}.git`);
  await makeArchive(remote, size);
  gitIn(remote)('gc', '-q', '--prune=now');
  const plain = join(folder, `growth-${size}`);
  const cloning = await timed(() => gitIn(folder)('clone', '-q', `file://${remote}`, plain));
  const files = gitIn(plain)('ls-files').toString().split('\n').length - 1;
  const [packed, whole, journal] = [sizeOf(remote), sizeOf(plain), sizeOf(join(plain, 'messages'))];
  rmSync(plain, { recursive: true });

  const name = `growth-start-${size}`;
  const first = await startGitpost(name, remote);
  const firstStart = await first.ready(size);
  await allCommitsKnown(first, '2016-02-01T00:00:00.000Z');
  await first.stop();
  const again = await startGitpost(name, remote);
  const laterStart = await again.ready(size);
  await new Promise((wake) => setTimeout(wake, 3000));
  const memory = again.memory();
  await again.stop();
  const mirror = sizeOf(join(again.cwd, 'data/mirror'));
  for (const path of [remote, again.cwd]) rmSync(path, { recursive: true });
  return [
    size.toLocaleString('en'),
    files.toLocaleString('en'),
    megabytes(journal),
    megabytes(packed),
    seconds(cloning),
    megabytes(whole),
    seconds(firstStart),
    megabytes(mirror),
    seconds(laterStart),
    megabytes(memory),
  ];
}

const megabytes = (bytes) => `${(bytes / MB).toPrecision(3)} MB`;
const seconds = (milliseconds) => `${(milliseconds / 1000).toPrecision(2)} s`;
