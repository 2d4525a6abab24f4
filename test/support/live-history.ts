import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { nothingYet } from './acknowledged.ts';
import { type Device, startDevice } from './device.ts';
import { bareRepository, git } from './git.ts';
import type { History, Step } from './histories.ts';
import { judgeDevices } from './judge-devices.ts';
import { proceedAll } from './steps/stopped-child.ts';
import { type Life, takeStep } from './take-step.ts';
import { whenClean } from './when-clean.ts';

const DEVICES = 3;
/** Each adds to what the others lack, so that all have all after two; the last only says so. */
const MOST_ROUNDS = 6;

export interface LiveOptions {
  /** Judges a second time after `data/` was deleted everywhere and every device has captured again. */
  readonly thorough?: boolean;
}

/**
 * Lives a history on real clones and real bare remotes, lets all devices sync, and holds them against each other:
 * all the same, nothing acknowledged missing, every concurrent edit a head or the current text. What plain git finds on
 * the branches is judged as well.
 */
export async function liveHistory(
  folder: string,
  { repositories, steps }: History,
  { thorough = false }: LiveOptions = {},
): Promise<void> {
  // Only a repository that no variable names can be renamed or removed.
  const addsAtRunTime = steps.some(({ kind }) => kind === 'rename' || kind === 'remove');
  const shared = await bareRepository(join(folder, 'shared.git'));
  const further =
    repositories === 1 && !addsAtRunTime ? [] : [await bareRepository(join(folder, 'further.git'))];
  const life: Life = {
    folder,
    remotes: [shared, ...further],
    addsAtRunTime,
    devices: [],
    acknowledged: nothingYet(),
    trouble: [],
    foreign: new Set(),
    stopped: new Set(),
  };
  const { devices, trouble } = life;
  try {
    for (let index = 0; index < DEVICES; index += 1) {
      const home = join(folder, `device-${index}`);
      await mkdir(home);
      devices.push(await startDevice(home, life.remotes, trouble, { addsAtRunTime }));
    }
    for (const [index, step] of steps.entries()) {
      await during(life, whatOf(index, step), () => takeStep(life, step, `text ${index}`));
    }
    await during(life, 'After the last step', () => settleAndJudge(life));
    if (thorough) await during(life, 'After data/ was deleted', () => beginAgain(life));
    if (trouble.length > 0) throw new Error(`Nobody was answered:${loggedIn(life)}`);
  } finally {
    proceedAll(life);
    for (const each of devices) await each.stop();
  }
}

const whatOf = (index: number, step: Step): string => `Step ${index}, ${JSON.stringify(step)}`;

/** Says with a failure when it happened, and what a log would say that nobody was answered. */
async function during(life: Life, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}${loggedIn(life)}`, { cause: error });
  }
}

/** What went wrong and was only logged, each once. */
const loggedIn = ({ trouble }: Life): string =>
  [...new Set(trouble.map((one) => (one instanceof Error ? one.message : String(one))))]
    .map((words) => `\n  Logged: ${words}`)
    .join('');

async function settleAndJudge(life: Life): Promise<void> {
  const { devices, acknowledged, foreign } = life;
  await settle(devices);
  if (devices.length > DEVICES) await comeApart(life);
  await judgeDevices(devices, acknowledged, foreign);
}

/** Every device loses its mirror, starts, captures and syncs: all that was there must be there as before. */
async function beginAgain(life: Life): Promise<void> {
  const { devices } = life;
  for (const each of devices) {
    await each.stop();
    await rm(join(each.folder, 'data'), { recursive: true });
    await each.start();
  }
  for (const device of devices.keys()) {
    // A number that three divides goes to all repositories.
    await takeStep(life, { kind: 'create', device, pick: 0 }, `again ${device}`);
  }
  await settle(devices);
  await judgeDevices(devices, life.acknowledged, life.foreign);
}

/** Pushes everywhere until nobody has anything to send any more. */
async function settle(devices: readonly Device[]): Promise<void> {
  for (const { clones } of devices) for (const clone of clones) await whenClean(clone);
  for (let round = 1; ; round += 1) {
    const sent = new Set<string>();
    for (const each of devices) {
      const { status, json } = await each.request('POST', '/push');
      expect(status, JSON.stringify(json)).toBe(200);
      for (const result of (json as { results: { status: string }[] }).results) sent.add(result.status);
    }
    if (!sent.has('pushed')) return;
    expect(round, 'rounds of pushes, with something to send in each').toBeLessThan(MOST_ROUNDS);
  }
}

/** Devices that began with one folder have different ids, at the latest once each has captured and seen the others. */
async function comeApart(life: Life): Promise<void> {
  for (const device of life.devices.keys()) {
    await takeStep(life, { kind: 'create', device, pick: 0 }, `apart ${device}`);
  }
  await settle(life.devices);
  const primary = life.devices.map(({ clones }) => clones[0]);
  const ids = await Promise.all(primary.map((clone) => git(clone, 'config', 'gitpost.device')));
  expect(new Set(ids).size, ids.join()).toBe(ids.length);
}
