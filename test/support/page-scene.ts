import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed } from 'vitest';
import { type Api, apiAt, type Message } from './api.ts';
import { bareRepository, log } from './git.ts';
import { type GitpostProcess, startProcess } from './process.ts';
import { type ScratchFolder, scratchFolder, temporaryFolder } from './tmp.ts';

/** A running gitpost with remotes of its own, as a person sees it. */
export interface PageScene {
  url: string;
  api: Api;
  /** The process that serves now; another one after each start. */
  gitpost(): GitpostProcess;
  /** Where the clone of a repository is on disk. */
  clone(name?: string): string;
  /** Where the bare remote of a repository is on disk. */
  remote(name?: string): string;
  /** Ends the process without letting it finish anything. */
  crash(): Promise<void>;
  /** Starts it again at the same address, with what is on disk. */
  start(): Promise<void>;
}

export interface SceneOptions {
  env?: Record<string, string | undefined>;
  /** Names of repositories beside `journal`, each with a bare remote. */
  more?: readonly string[];
  /** Addresses of further repositories, which may lead nowhere. */
  addresses?: readonly string[];
  /** Sent with each call of the API. */
  headers?: Record<string, string>;
}

/** Starts gitpost with the repository `journal`, for one test, and waits until it can be read. */
export async function pageScene(options: SceneOptions = {}): Promise<PageScene> {
  const scene = await sceneIn(await temporaryFolder(), options);
  onTestFailed(() => console.log(scene.gitpost().stdout() + scene.gitpost().stderr()));
  return scene;
}

/** Starts one gitpost for all tests of a file, which look at their own messages alone. */
export function sharedScene(options: SceneOptions = {}): () => PageScene {
  let folder: ScratchFolder | undefined;
  let scene: PageScene | undefined;
  beforeAll(async () => {
    folder = await scratchFolder();
    scene = await sceneIn(folder.path, options);
  });
  afterAll(async () => {
    await scene?.gitpost().stop();
    await folder?.remove();
  });
  return () => scene as PageScene;
}

async function sceneIn(folder: string, options: SceneOptions): Promise<PageScene> {
  const remote = (name = 'journal') => join(folder, 'remotes', `${name}.git`);
  const more = options.more ?? [];
  for (const name of ['journal', ...more]) await bareRepository(remote(name));
  const others = [...more.map((name) => remote(name)), ...(options.addresses ?? [])];
  const env = {
    AUTHOR_NAME: 'Owner',
    AUTHOR_EMAIL: 'owner@example.org',
    REPOSITORY_NAME: remote(),
    ...(others.length > 0 && { REPOSITORIES: others.join(',') }),
    ...options.env,
  };

  let gitpost = await startProcess({ folder, env });
  const { url } = gitpost;
  const api = apiAt(url, options.headers);
  // A read is answered once the clones are there.
  const ready = async () => expect((await api.get('/messages')).status).toBe(200);
  await ready();
  return {
    url,
    api,
    gitpost: () => gitpost,
    clone: (name = 'journal') => join(folder, 'repos', name),
    remote,
    async crash() {
      gitpost.kill('SIGKILL');
      await gitpost.exited;
    },
    async start() {
      gitpost = await startProcess({ folder, env: { ...env, PORT: new URL(url).port } });
      expect(gitpost.url).toBe(url);
      await ready();
    },
  };
}

/** What has come to `journal` since a moment. */
export interface Since {
  /** The newest first. */
  messages(): Promise<Message[]>;
  /** One entry a commit, the newest first, in git's own format. */
  log(format: string): Promise<string[]>;
}

/** Looks at what comes after now, in a scene that other tests have written into. */
export async function sinceNow({ api, clone }: PageScene): Promise<Since> {
  const known = new Set((await api.messages()).map(({ id }) => id));
  const commits = (await log(clone(), '%H', '--all')).length;
  return {
    messages: async () => (await api.messages()).filter(({ id }) => !known.has(id)),
    log: async (format) => (await log(clone(), format)).slice(0, -commits || undefined),
  };
}
