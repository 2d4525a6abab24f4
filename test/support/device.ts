import { join } from 'node:path';
import { type App, startApp } from '../../src/app.ts';
import { isConfigError, readConfig } from '../../src/config.ts';
import { fillHere } from './filler.ts';
import { gitEnvironment } from './git.ts';
import { eventually } from './wait.ts';

const READY_LIMIT_MS = 30_000;

/** One machine of a person: a whole gitpost in this process, whose clock can be wrong. */
export interface Device {
  readonly folder: string;
  /** Its clones, the primary one first. */
  readonly clones: readonly [string, ...string[]];
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

/** Starts a device with one repository for each of the remotes given. */
export async function startDevice(
  folder: string,
  remotes: readonly [string, ...string[]],
  trouble: unknown[],
): Promise<Device> {
  let app: App | undefined;

  const device: Device = {
    folder,
    clones: [cloneOf(remotes[0]), ...remotes.slice(1).map(cloneOf)],
    skew: 0,
    request: async (method, path, body) => {
      const response = await fetch(`${app?.url}${path}`, {
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

  function cloneOf(remote: string): string {
    return join(folder, 'repos', (remote.split('/').at(-1) ?? '').replace(/\.git$/, ''));
  }

  async function start(): Promise<void> {
    const [primary, ...others] = remotes;
    const own = {
      ...gitEnvironment(),
      PORT: '0',
      REPOSITORY_NAME: primary,
      ...(others.length === 0 ? {} : { REPOSITORIES: others.join() }),
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
    // What a person does by hand in a clone needs one that is there.
    await eventually(async () => {
      const { json } = await device.request('GET', '/repositories');
      return (json as { state: string }[]).every(({ state }) => state !== 'cloning');
    }, READY_LIMIT_MS);
  }

  await start();
  return device;
}
