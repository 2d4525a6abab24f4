import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SyncResult } from '../support/api.ts';
import { statusOf } from '../support/clone-state.ts';
import { Random } from '../support/random.ts';
import { scratchFolder } from '../support/scratch.ts';
import { eventually } from '../support/wait.ts';
import { judge } from './judge.ts';
import { Ledger } from './ledger.ts';
import { Machine } from './machine.ts';
import { numberOf } from './options.ts';
import { Remote } from './remote.ts';
import { Report } from './report.ts';
import { REPOSITORIES, type RepositoryName } from './repositories.ts';
import { comeBack, turnOver } from './upheaval.ts';
import { createAgain, writeSomething } from './writer.ts';

const username = 'ann';
// In two parts, so that nobody takes this file for a leak.
const token = `${'ghp'}_${'s3cRet0'.repeat(5)}Z`;
const MOST_ROUNDS = 12;

test('processes that are killed, and a remote that comes and goes, lose nothing', async () => {
  const seed = numberOf('seed');
  const random = new Random(seed);
  const { path: folder, remove } = await scratchFolder();
  console.log(`Seed ${seed}, in ${folder}`);
  const [ledger, report] = [new Ledger(), new Report()];
  const remote = await Remote.start({ root: join(folder, 'remotes'), username, token });
  const bares = new Map<RepositoryName, string>();
  for (const name of REPOSITORIES) {
    bares.set(name, await remote.server.createRepository(`${username}/${name}`));
  }
  const machines = Array.from({ length: numberOf('processes') }, (_, index) => {
    const env = {
      GITHUB_URL: remote.server.url,
      GITHUB_API_URL: remote.server.url,
      GITHUB_USERNAME: username,
      GITHUB_TOKEN: token,
      REPOSITORY_NAME: REPOSITORIES[0],
      SYNC_INTERVAL: index % 2 === 0 ? '0' : '10',
    };
    const furtherUrl = `${remote.server.url}/${username}/${REPOSITORIES[1]}`;
    return new Machine(`machine-${index}`, join(folder, `machine-${index}`), env, furtherUrl, report);
  });

  const deadline = Date.now() + numberOf('minutes') * 60_000;
  /** Does something again and again until the time is over, each time after a pause of some chance. */
  const untilTheEnd = async (least: number, most: number, act: () => Promise<unknown>) => {
    const pause = () => delay(Math.min(random.between(least, most), Math.max(0, deadline - Date.now())));
    for (await pause(); Date.now() < deadline; await pause()) await act();
  };

  for (const machine of machines) await machine.start();
  await Promise.all([
    untilTheEnd(2000, 8000, () => remote.flap(random, report, () => delay(random.between(1000, 12_000)))),
    untilTheEnd(60_000, 60_000, async () =>
      console.log(`${ledger.answered.size} messages; ${report.events}`),
    ),
    ...machines.flatMap((machine) => [
      untilTheEnd(50, 700, () => writeSomething(machine, ledger, random, report)),
      untilTheEnd(1000, 9000, () => machine.ask('POST', random.next() < 0.7 ? '/push' : '/pull')),
      untilTheEnd(3000, 20_000, () => turnOver(machine, random, report)),
      untilTheEnd(8000, 40_000, async () => {
        await (random.next() < 0.6 ? machine.kill() : machine.terminate());
        await delay(random.between(0, 3000));
        await machine.start();
      }),
    ]),
  ]);

  console.log('The time is over: everything is made to agree');
  for (const machine of machines) {
    await machine.start();
    await machine.findFurther();
    await comeBack(machine, report);
  }
  for (const { machine: name, draft } of [...ledger.unanswered.values()]) {
    const machine = machines.find((one) => one.name === name);
    if (machine) await createAgain(machine, ledger, draft);
  }
  for (const id of ledger.unanswered.keys()) report.complain(`${id} is refused, though it was sent again`);
  await settle(machines, report);
  await judge(machines, bares, ledger, report);

  for (const machine of machines) await machine.terminate();
  await remote.close();
  report.print();
  if (report.complaints.length > 0) console.log(`What is left is in ${folder}`);
  expect(report.complaints).toEqual([]);
  await remove();
});

/** Pushes everywhere until nobody has anything to send any more. */
async function settle(machines: readonly Machine[], report: Report): Promise<void> {
  for (const machine of machines) {
    // What another program appended is captured once it was at rest for a second.
    for (const name of REPOSITORIES) {
      await eventually(async () => (await statusOf(machine.clone(name))).length === 0, 30_000).catch(() =>
        report.complain(`${machine.name}/${name} does not become clean`),
      );
    }
  }
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const results: SyncResult[] = [];
    for (const machine of machines) {
      const answer = await machine.ask('POST', '/push');
      results.push(...(answer?.json<{ results: SyncResult[] }>().results ?? []));
    }
    report.events.add('rounds until all agreed');
    if (results.every(({ status }) => status === 'up-to-date')) return;
    console.log(`Round ${round}: ${results.map(({ status }) => status).join(' ')}`);
  }
  report.complain('The machines still have something to send after many pushes');
}
