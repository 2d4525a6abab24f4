import { type AppOptions, startApp } from '../../src/app.ts';
import { isConfigError, readConfig } from '../../src/config.ts';
import { type Api, apiAt } from './api.ts';
import { gitEnvironment } from './git.ts';
import { atTestEnd } from './test-end.ts';

/** A whole gitpost in this process, for what the environment can't set. It ends with the test; from `beforeAll`, call `close` in `afterAll`. */
export async function startSmallApp(
  folder: string,
  environment: Record<string, string> = {},
  options: Pick<AppOptions, 'gitSilence' | 'retryPause' | 'clock'> = {},
): Promise<{ readonly api: Api; readonly troubles: unknown[]; readonly close: () => Promise<void> }> {
  const own = {
    ...gitEnvironment(),
    PORT: '0',
    AUTHOR_NAME: 'Ann',
    AUTHOR_EMAIL: 'ann@example.org',
    ...environment,
  };
  const config = readConfig(own, folder);
  if (isConfigError(config)) throw new Error(config.lines.join('\n'));
  const troubles: unknown[] = [];
  const onTrouble = (error: unknown) => void troubles.push(error);
  const app = await startApp({ config, version: '0.0.0', publicDirectory: folder, onTrouble, ...options });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= app.close();
    return closing;
  };
  atTestEnd(close);
  return { api: apiAt(app.url), troubles, close };
}
