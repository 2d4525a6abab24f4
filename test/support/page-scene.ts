import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed } from 'vitest';
import { type Api, apiAt, type Message } from './api.ts';
import { bareRepository, log } from './git.ts';
import { startHere } from './here.ts';
import { type GitpostProcess, startProcess } from './process.ts';
import { type ScratchFolder, scratchFolder, temporaryFolder } from './tmp.ts';

/** A running gitpost with remotes of its own, as a person sees it. */
export interface PageScene {
  url: string;
  api: Api;
  /** Where the clone of a repository is on disk. */
  clone(name?: string): string;
  /** Where the bare remote of a repository is on disk. */
  remote(name?: string): string;
}

/** A scene whose gitpost is a process of its own. */
export interface ProcessScene extends PageScene {
  /** The process that serves now; another one after each start. */
  gitpost(): GitpostProcess;
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

/** A scene, how to end it, and what it has said. */
interface Made<Scene extends PageScene> {
  readonly scene: Scene;
  readonly stop: () => Promise<unknown>;
  readonly said: () => unknown;
}

/** Starts gitpost in this process with the repository `journal`, for one test, and waits until it can be read. */
export const pageScene = (options?: SceneOptions): Promise<PageScene> => forTest(makeHere, options);

/** Like {@link pageScene}, with a process that can be killed and started again. */
export const processScene = (options?: SceneOptions): Promise<ProcessScene> => forTest(makeProcess, options);

/** Starts one gitpost in this process for all tests of a file, which look at their own messages alone. */
export const sharedScene = (options?: SceneOptions): (() => PageScene) => forFile(makeHere, options);

/** Like {@link sharedScene}, with a process that can be killed and started again. */
export const sharedProcessScene = (options?: SceneOptions): (() => ProcessScene) =>
  forFile(makeProcess, options);

type Make<Scene extends PageScene> = (folder: string, options: SceneOptions) => Promise<Made<Scene>>;

async function forTest<Scene extends PageScene>(
  make: Make<Scene>,
  options: SceneOptions = {},
): Promise<Scene> {
  const { scene, said } = await make(await temporaryFolder(), options);
  onTestFailed(() => console.log(said()));
  return scene;
}

function forFile<Scene extends PageScene>(make: Make<Scene>, options: SceneOptions = {}): () => Scene {
  let folder: ScratchFolder | undefined;
  let made: Made<Scene> | undefined;
  beforeAll(async () => {
    folder = await scratchFolder();
    made = await make(folder.path, options);
  });
  afterAll(async () => {
    await made?.stop();
    await folder?.remove();
  });
  return () => made?.scene as Scene;
}

async function makeHere(folder: string, options: SceneOptions): Promise<Made<PageScene>> {
  const { places, env } = await prepare(folder, options);
  const { url, stop, troubles } = await startHere({ folder, env });
  return { scene: { url, api: await readyAt(url, options), ...places }, stop, said: () => troubles };
}

async function makeProcess(folder: string, options: SceneOptions): Promise<Made<ProcessScene>> {
  const { places, env } = await prepare(folder, options);
  let gitpost = await startProcess({ folder, env });
  const { url } = gitpost;
  const scene = {
    url,
    api: await readyAt(url, options),
    ...places,
    gitpost: () => gitpost,
    async crash() {
      gitpost.kill('SIGKILL');
      await gitpost.exited;
    },
    async start() {
      gitpost = await startProcess({ folder, env: { ...env, PORT: new URL(url).port } });
      expect(gitpost.url).toBe(url);
      await readyAt(url, options);
    },
  };
  return { scene, stop: () => gitpost.stop(), said: () => gitpost.stdout() + gitpost.stderr() };
}

/** Makes the remotes, and says with what gitpost is to be started. */
async function prepare(folder: string, { env, more = [], addresses = [] }: SceneOptions) {
  const remote = (name = 'journal') => join(folder, 'remotes', `${name}.git`);
  for (const name of ['journal', ...more]) await bareRepository(remote(name));
  const others = [...more.map((name) => remote(name)), ...addresses];
  const variables = {
    AUTHOR_NAME: 'Owner',
    AUTHOR_EMAIL: 'owner@example.org',
    REPOSITORY_NAME: remote(),
    ...(others.length > 0 && { REPOSITORIES: others.join(',') }),
    ...env,
  };
  const clone = (name = 'journal') => join(folder, 'repos', name);
  return { places: { clone, remote }, env: variables };
}

/** The API at an address, once its clones are there: only then is a read answered. */
async function readyAt(url: string, { headers }: SceneOptions): Promise<Api> {
  const api = apiAt(url, headers);
  expect((await api.get('/messages')).status).toBe(200);
  return api;
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
