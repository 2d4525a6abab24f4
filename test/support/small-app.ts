import type { Api } from './api.ts';
import { type HereOptions, startHere } from './here.ts';

/** {@link startHere} in a given folder and under a given name, in the order in which many tests say it. */
export async function startSmallApp(
  folder: string,
  environment: Record<string, string> = {},
  options: Omit<HereOptions, 'env' | 'folder'> = {},
): Promise<{ readonly api: Api; readonly troubles: unknown[]; readonly close: () => Promise<void> }> {
  const env = { AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org', ...environment };
  const { api, troubles, stop } = await startHere({ folder, env, ...options });
  return { api, troubles, close: stop };
}
