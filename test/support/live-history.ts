import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Device, startDevice } from './device.ts';
import { bareRepository, git } from './git.ts';
import type { History } from './histories.ts';
import { judgeDevices } from './judge-devices.ts';
import { type Life, takeStep } from './take-step.ts';
import { eventually } from './wait.ts';

const DEVICES = 3;
/** Each adds to what the others lack, so that all have all after two; the last only says so. */
const MOST_ROUNDS = 6;

/**
 * Lives a history on real clones and real bare remotes, lets all devices sync, and holds them against each other:
 * all the same, nothing acknowledged missing, every concurrent edit a head or the current text.
 */
export async function liveHistory(folder: string, { repositories, steps }: History): Promise<void> {
  const shared = await bareRepository(join(folder, 'shared.git'));
  const further = repositories === 1 ? [] : [await bareRepository(join(folder, 'further.git'))];
  const life: Life = {
    folder,
    remotes: [shared, ...further],
    devices: [],
    acknowledged: { ids: [], texts: new Map() },
    trouble: [],
  };
  const { devices, acknowledged, trouble } = life;
  try {
    for (let index = 0; index < DEVICES; index += 1) {
      const home = join(folder, `device-${index}`);
      await mkdir(home);
      devices.push(await startDevice(home, life.remotes, trouble));
    }
    for (const [index, step] of steps.entries()) await takeStep(life, step, `text ${index}`);
    await settle(devices);
    if (devices.length > DEVICES) await comeApart(life);
    await judgeDevices(devices, acknowledged);
    expect(trouble).toEqual([]);
  } finally {
    for (const each of devices) await each.stop();
  }
}

/** Pushes everywhere until nobody has anything to send any more. */
async function settle(devices: readonly Device[]): Promise<void> {
  for (const each of devices) await allCommitted(each);
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

/** What another program appended is captured once it was at rest for a second; the work tree follows as quickly. */
async function allCommitted({ clones }: Device): Promise<void> {
  for (const clone of clones) {
    await eventually(async () => (await git(clone, 'status', '--porcelain')) === '', 30_000);
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
