import { join } from 'node:path';
import { type App, startApp } from '../../src/app.ts';
import { isConfigError, readConfig } from '../../src/config.ts';
import { gitEnvironment } from './git.ts';

/** One machine of a person: a whole gitpost in this process, whose clock can be wrong. */
export interface Device {
  readonly folder: string;
  readonly clone: string;
  /** Milliseconds that its clock is off. */
  skew: number;
  readonly request: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; json: unknown }>;
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts a device whose only repository has the remote given. */
export async function startDevice(folder: string, remote: string, trouble: unknown[]): Promise<Device> {
  let app: App = await start();

  async function start(): Promise<App> {
    const own = {
      ...gitEnvironment(),
      PORT: '0',
      REPOSITORY_NAME: remote,
      AUTHOR_NAME: 'Device',
      AUTHOR_EMAIL: 'd@example.org',
    };
    const config = readConfig(own, folder);
    if (isConfigError(config)) throw new Error(config.lines.join('\n'));
    return startApp({
      config,
      version: '0.0.0',
      publicDirectory: folder,
      onTrouble: (error) => trouble.push(error),
      clock: () => new Date(Math.max(0, Date.now() + device.skew)),
    });
  }

  const device: Device = {
    folder,
    clone: join(folder, 'repos', (remote.split('/').at(-1) ?? '').replace(/\.git$/, '')),
    skew: 0,
    request: async (method, path, body) => {
      const response = await fetch(`${app.url}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
    },
    restart: async () => {
      await app.close();
      app = await start();
    },
    close: () => app.close(),
  };
  return device;
}
