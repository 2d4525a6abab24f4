import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Answer, type Api, apiAt } from './api.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { type ApiOptions, type GithubApi, startGithubApi } from './github-api.ts';
import { startHere } from './here.ts';
import { temporaryFolder } from './tmp.ts';

// In two parts, so nobody takes this file for a leak.
export const githubToken = `${'github'}_pat_${'s3cRet0'.repeat(5)}Z`;

/** A gitpost, in this process or another one. */
interface Started {
  readonly url: string;
  readonly folder: string;
}

interface StartOptions {
  folder?: string;
  env?: Record<string, string | undefined>;
}

export interface GithubScene<Gitpost extends Started> {
  gitpost: Gitpost;
  api: Api;
  github: GithubApi;
  server: GitServer;
  /** Asks gitpost to add a repository. */
  add(body: object): Promise<Answer>;
}

/** gitpost, and next to it GitHub: the API, and a real git server that wants the same token. */
export async function githubScene<Gitpost extends Started>(
  start: (options: StartOptions) => Promise<Gitpost>,
  options: Partial<ApiOptions> = {},
  env: Record<string, string | undefined> = {},
  folder?: string,
): Promise<GithubScene<Gitpost>> {
  const server = await startGitServer({
    root: join(await temporaryFolder(), 'remotes'),
    username: 'ann',
    token: githubToken,
  });
  onTestFinished(() => server.close());
  for (const { fullName } of options.repositories ?? []) await server.createRepository(fullName);
  const onCreate = (fullName: string) => server.createRepository(fullName);
  const github = await startGithubApi({ token: githubToken, onCreate, ...options });
  const settings = {
    GITHUB_URL: server.url,
    GITHUB_API_URL: github.url,
    REPOSITORY_NAME: '/nowhere/own.git',
  };
  const gitpost = await start({
    ...(folder === undefined ? {} : { folder }),
    env: { ...settings, GITHUB_USERNAME: 'ann', GITHUB_TOKEN: githubToken, ...env },
  });
  const api = apiAt(gitpost.url);
  return { gitpost, api, github, server, add: (body) => api.send('POST', '/repositories', { json: body }) };
}

/** The scene with a gitpost in this process. */
export const githubHere = (
  options: Partial<ApiOptions> = {},
  env: Record<string, string | undefined> = {},
  folder?: string,
) => githubScene(startHere, options, env, folder);
