import { setTimeout as delay } from 'node:timers/promises';
import { git } from '../support/git.ts';
import { commandOf, launchersOf, processesIn, signal } from '../support/processes.ts';
import type { Random } from '../support/random.ts';
import { eventually } from '../support/wait.ts';
import { whenClean } from '../support/when-clean.ts';
import type { Machine } from './machine.ts';
import type { Report } from './report.ts';
import { REPOSITORIES } from './repositories.ts';

/** What happens to the repositories and git processes of a machine while it is written to. */
const UPHEAVALS = { rename: 4, remove: 3, branch: 3, 'stop-child': 3, launcher: 2 } as const;

/** Some of these names nest, so a machine that has one is refused the other. */
const BRANCHES = ['topic', 'topic/x', 'topic/x/y', 'other/z'] as const;
const MAIN = 'main';

const BACK_LIMIT_MS = 60_000;

/** Does one thing that turns a machine upside down, and undoes what would keep it from its work. */
export async function turnOver(machine: Machine, random: Random, report: Report): Promise<void> {
  const what = random.weighted(UPHEAVALS);
  report.events.add(what);
  switch (what) {
    case 'rename':
      await machine.renameFurther(`further-${random.between(1, 3)}`);
      return;
    case 'remove':
      await machine.removeFurther();
      await delay(random.between(0, 2000));
      return machine.findFurther();
    case 'branch':
      await useBranch(machine, random.oneOf(BRANCHES));
      await delay(random.between(0, 3000));
      return void (await useBranch(machine, MAIN));
    case 'stop-child':
      return stopChild(machine, random);
    case 'launcher':
      return harmLauncher(machine, random);
  }
}

/** Comes back to the branch that all share, with everything that was captured on others, as a person merges it. */
export async function comeBack(machine: Machine, report: Report): Promise<void> {
  const complain = (error: Error) => report.complain(`${machine.name} does not come back: ${error.message}`);
  const clone = machine.clone(REPOSITORIES[0]);
  await eventually(async () => (await useBranch(machine, MAIN)) === 200, BACK_LIMIT_MS).catch(complain);
  const branches = (await git(clone, 'for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n');
  for (const branch of branches.filter((name) => name !== '' && name !== MAIN)) {
    await whenClean(clone)
      // Both branches may have appended to the same file; its lines have no order.
      .then(() => git(clone, '-c', 'merge.default=union', 'merge', '--quiet', '--no-edit', branch))
      .catch(complain);
    report.events.add('merges by hand of another branch');
  }
}

const useBranch = async (machine: Machine, branch: string): Promise<number | undefined> =>
  (await machine.ask('PATCH', `/repositories/${REPOSITORIES[0]}`, { json: { branch } }))?.status;

/** Stops one git process of a machine for some time, as a disk does that gives no answer. */
async function stopChild(machine: Machine, random: Random): Promise<void> {
  const children = processesIn(machine.folder).filter(isGit);
  if (children.length === 0) return;
  const child = random.oneOf(children);
  signal(child, 'SIGSTOP');
  await delay(random.between(100, 8000));
  // The number of a process that has ended may be another one's by now.
  if (isGit(child)) signal(child, 'SIGCONT');
}

/** Kills what starts the gits of a machine, or stops it for some time. */
async function harmLauncher({ pid }: Machine, random: Random): Promise<void> {
  const [launcher] = pid === undefined ? [] : launchersOf(pid);
  if (launcher === undefined) return;
  if (random.between(0, 1) === 0) return signal(launcher, 'SIGKILL');
  signal(launcher, 'SIGSTOP');
  await delay(random.between(100, 8000));
  signal(launcher, 'SIGCONT');
}

const isGit = (pid: number): boolean => /\bgit\b/.test(commandOf(pid));
