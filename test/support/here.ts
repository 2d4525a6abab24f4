import { join } from 'node:path';
import { type AppOptions, startApp } from '../../src/app.ts';
import { isConfigError, readConfig } from '../../src/config.ts';
import { type Api, apiAt } from './api.ts';
import { gitEnvironment } from './git.ts';
import { launcher } from './launcher.ts';
import { scratchFolder } from './scratch.ts';
import { atTestEnd } from './test-end.ts';

export interface HereOptions extends Pick<AppOptions, 'gitSilence' | 'retryPause' | 'filler' | 'clock'> {
  /** Further variables. */
  env?: Record<string, string | undefined>;
  /** Holds `repos` and `data`; without one, a fresh one that is removed in the end. */
  folder?: string;
}

/** A whole gitpost in this process, with what a test needs of it. */
export interface Here {
  /** The address without a slash at its end. */
  url: string;
  api: Api;
  folder: string;
  /** What went wrong and was only logged. */
  troubles: unknown[];
  stop(): Promise<void>;
}

const publicDirectory = join(import.meta.dirname, '../../public');

/**
 * Starts gitpost in this process: much cheaper than `startProcess`, and the same as far as a client can see.
 * In a test it ends with the test; from `beforeAll`, call `stop` in `afterAll`.
 */
export async function startHere({ env, folder, ...options }: HereOptions = {}): Promise<Here> {
  const scratch = folder === undefined ? await scratchFolder() : undefined;
  const place = folder ?? (scratch?.path as string);
  const variables = {
    PATH: gitEnvironment().PATH,
    HOME: join(place, 'home'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    PORT: '0',
    ...env,
  };
  const config = readConfig(variables, place);
  if (isConfigError(config)) throw new Error(config.lines.join('\n'));
  const troubles: unknown[] = [];
  const onTrouble = (error: unknown) => void troubles.push(error);
  const app = await startApp({ config, version: '0.0.0', publicDirectory, onTrouble, launcher, ...options });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= app.close().then(() => scratch?.remove());
    return stopped;
  };
  atTestEnd(stop);
  return { url: app.url, api: apiAt(app.url), folder: place, troubles, stop };
}
