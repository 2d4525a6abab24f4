import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Api, deliveryTo, type SyncResult } from './api.ts';
import { git } from './git.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { startHere } from './here.ts';
import { temporaryFolder } from './tmp.ts';

export const username = 'ann';
// In two parts, so that nobody takes this file for a leak.
export const token = `${'ghp'}_${'s3cRet0'.repeat(5)}Z`;
export const NAME = 'notes';

interface Machine {
  api: Api;
  clone: string;
  stop(): Promise<void>;
}

export interface Hub {
  folder: string;
  server: GitServer;
  /** The bare repository on the server. */
  bare: string;
  env: Record<string, string>;
  /** Starts a gitpost with a folder of its own, as on another machine. */
  machine(name: string, more?: Record<string, string | undefined>): Promise<Machine>;
  /** Serves again at the same address, after it was closed. */
  reopen(): Promise<void>;
}

/** A server with one empty repository, which machines share. */
export async function hub({ branch = 'main' } = {}): Promise<Hub> {
  const folder = await temporaryFolder();
  const server = await startGitServer({ root: join(folder, 'remotes'), username, token });
  onTestFinished(() => server.close());
  const bare = await server.createRepository(`${username}/${NAME}`, { branch });
  const env = {
    GITHUB_URL: server.url,
    GITHUB_API_URL: server.url,
    GITHUB_USERNAME: username,
    GITHUB_TOKEN: token,
    REPOSITORY_NAME: NAME,
  };
  const machine: Hub['machine'] = async (name, more = {}) => {
    const own = join(folder, name);
    const { api, stop } = await startHere({
      folder: own,
      env: { ...env, AUTHOR_NAME: name, ...more },
    });
    return { api, stop, clone: join(own, 'repos', NAME) };
  };
  const reopen = async () => {
    const again = await startGitServer({ root: join(folder, 'remotes'), username, token, port: server.port });
    onTestFinished(() => again.close());
  };
  return { folder, server, bare, env, machine, reopen };
}

export const push = (api: Api) => api.sync('push', NAME);
export const pull = (api: Api) => api.sync('pull', NAME);

/** What everybody must agree on: each message as it reads, without where it is. */
export const read = async (api: Api) =>
  (await api.messages()).map(({ deliveries: _deliveries, ...message }) => message);

/** Judges a failed sync by what it must tell, and that capture goes on meanwhile. */
export async function judgeFailure(api: Api, result: SyncResult, status: string): Promise<void> {
  expect(result, JSON.stringify(result)).toMatchObject({ status, pushed: 0 });
  expect(result.detail).toMatch(/\S/);
  expect(result.action).toMatch(/\S/);
  expect(await api.repository(NAME)).toMatchObject({
    state: status,
    error: { detail: expect.stringMatching(/\S/), action: expect.stringMatching(/\S/) },
  });
  const health = (await api.get('/health')).json<{ status: string; reasons?: string[] }>();
  expect(health.status).toBe('degraded');
  expect(health.reasons?.join()).toContain(NAME);
  const message = await api.create({ text: `Captured while ${status}` });
  expect(deliveryTo(message, NAME).state).toBe('committed');
}

/** Judges that everything is well again after a failure. */
export async function judgeWell(api: Api, bare: string, clone: string): Promise<void> {
  expect((await push(api)).status).toBe('pushed');
  expect(await api.repository(NAME)).toMatchObject({ state: 'ready', error: null, ahead: 0, behind: 0 });
  expect(await git(bare, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
  for (const { deliveries } of await api.messages()) {
    for (const { state } of deliveries) expect(state).toBe('pushed');
  }
}
