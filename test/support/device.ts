import { join } from 'node:path';
import { expect } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import { isConfigError, readConfig } from '../../src/config.ts';
import { fillHere } from './filler.ts';
import { gitEnvironment } from './git.ts';
import { eventually } from './wait.ts';

const READY_LIMIT_MS = 120_000;

/** One machine of a person: a whole gitpost in this process, whose clock can be wrong. */
export interface Device {
  readonly folder: string;
  /** The names of its repositories, the primary one first; a rename changes them. */
  readonly names: [string, ...string[]];
  /** Its clones, in the order of their names. */
  readonly clones: readonly [string, ...string[]];
  /** Its address, which is another one after each start. */
  readonly url: string;
  /** Milliseconds that its clock is off. */
  skew: number;
  readonly request: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; json: unknown }>;
  readonly stop: () => Promise<void>;
  /** Starts it again after a `stop`. */
  readonly start: () => Promise<void>;
}

export interface DeviceOptions {
  /** Further repositories are added while it runs, and not named by its environment, so they can be renamed. */
  readonly addsAtRunTime?: boolean;
  /** The names of the repositories in a folder that is a copy of another device's. */
  readonly names?: readonly [string, ...string[]];
}

/** Starts a device with one repository for each of the remotes given. */
export async function startDevice(
  folder: string,
  remotes: readonly [string, ...string[]],
  trouble: unknown[],
  { addsAtRunTime = false, names }: DeviceOptions = {},
): Promise<Device> {
  let app: App | undefined;

  const device: Device = {
    folder,
    names: names ? [...names] : [nameOf(remotes[0]), ...remotes.slice(1).map(nameOf)],
    get clones() {
      const [primary, ...others] = device.names.map((name) => join(folder, 'repos', name));
      return [primary as string, ...others] as const;
    },
    get url() {
      return app?.url ?? '';
    },
    skew: 0,
    request: async (method, path, body) => {
      const response = await fetch(`${device.url}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
    },
    stop: async () => {
      await app?.close();
      app = undefined;
    },
    start,
  };

  async function start(): Promise<void> {
    const [primary, ...others] = remotes;
    const own = {
      ...gitEnvironment(),
      GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
      PORT: '0',
      REPOSITORY_NAME: primary,
      ...(others.length === 0 || addsAtRunTime ? {} : { REPOSITORIES: others.join() }),
      AUTHOR_NAME: 'Device',
      AUTHOR_EMAIL: 'd@example.org',
    };
    const config = readConfig(own, folder);
    if (isConfigError(config)) throw new Error(config.lines.join('\n'));
    app = await startApp({
      config,
      version: '0.0.0',
      publicDirectory: folder,
      onTrouble: (error) => trouble.push(error),
      filler: fillHere,
      clock: () => new Date(Math.max(0, Date.now() + device.skew)),
    });
    await whenMade(device);
  }

  await start();
  if (addsAtRunTime && !names) {
    for (const url of remotes.slice(1)) await addRepository(device, nameOf(url), url);
  }
  return device;
}

const nameOf = (remote: string): string => (remote.split('/').at(-1) ?? '').replace(/\.git$/, '');

/** Adds a repository, or one again that was removed, and waits until its clone is there. */
export async function addRepository(device: Device, name: string, url: string): Promise<void> {
  const { status, json } = await device.request('POST', '/repositories', { name, url });
  expect(status, `${name} is added and answered ${status} ${JSON.stringify(json)}`).toBe(202);
  await whenMade(device);
}

/** What a person does by hand in a clone needs one that is there. */
async function whenMade(device: Device): Promise<void> {
  await eventually(async () => {
    const { json } = await device.request('GET', '/repositories');
    return (json as { state: string }[]).every(({ state }) => state !== 'cloning');
  }, READY_LIMIT_MS);
}
