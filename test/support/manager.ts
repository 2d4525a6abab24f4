import { join } from 'node:path';
import type { GitpostEvent } from '../../src/contract/events.ts';
import type { Target } from '../../src/domain/repository.ts';
import { parseTarget } from '../../src/domain/target.ts';
import type { Line } from '../../src/journal/line.ts';
import { Database } from '../../src/mirror/database.ts';
import type { Entry } from '../../src/mirror/entry.ts';
import { queryMirror } from '../../src/mirror/query.ts';
import { Events } from '../../src/services/events.ts';
import { type ManagerOptions, RepositoryManager } from '../../src/services/repositories.ts';
import { contextWithout } from './context.ts';
import { atTestEnd } from './test-end.ts';

/** All repositories of one program in one folder, as the program itself puts them together. */
export interface Managed {
  readonly manager: RepositoryManager;
  readonly mirror: Database;
  /** What was told to the world. */
  readonly heard: GitpostEvent[];
  /** What went wrong and nobody was answered for. */
  readonly troubles: unknown[];
  readonly clone: (name?: string) => string;
  readonly remote: (name?: string) => string;
  /** Captures a line; answers its commit, or throws where it was refused. */
  readonly add: (line: Line, name?: string) => Promise<string>;
  readonly entries: () => Promise<Entry[]>;
  readonly close: () => Promise<void>;
}

/** Starts with repositories as a person names them, the primary first; `root` holds `repos` and `data`. */
export async function startManager(
  root: string,
  names: readonly string[] = ['messages'],
  options: Pick<ManagerOptions, 'filler'> = {},
): Promise<Managed> {
  const remotesDirectory = join(root, 'data/remotes');
  const [heard, troubles]: [GitpostEvent[], unknown[]] = [[], []];
  const onTrouble = (error: unknown) => void troubles.push(error);
  const mirror = await Database.open(join(root, 'data/mirror'), onTrouble);
  const events = new Events();
  events.subscribe(({ event }) => heard.push(event));
  const manager = new RepositoryManager({
    reposDirectory: join(root, 'repos'),
    remotesDirectory,
    targets: names.map((name) => targetOf(name, remotesDirectory)),
    git: contextWithout(),
    githubUrl: 'https://github.com',
    identity: { name: 'Person', email: 'person@example.org' },
    credentials: undefined,
    mirror,
    events,
    onSynced: () => undefined,
    onTrouble,
    ...options,
  });
  await manager.start();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= manager.close().then(() => mirror.close());
    return closing;
  };
  atTestEnd(close);
  await manager.whenReady();
  return {
    manager,
    mirror,
    heard,
    troubles,
    clone: (name = manager.primary) => join(root, 'repos', name),
    remote: (name = manager.primary) => join(remotesDirectory, `${name}.git`),
    add: async (line, name = manager.primary) => {
      const captured = await manager.capture(name, line);
      if (!captured.ok) throw new Error(`${captured.failure.code}: ${captured.failure.detail}`);
      return captured.value;
    },
    entries: async () => {
      const entries: Entry[] = [];
      for await (const entry of queryMirror(mirror, { terms: [] })) entries.push(entry);
      return entries;
    },
    close,
  };
}

function targetOf(name: string, remotesDirectory: string): Target {
  const target = parseTarget(name, {
    githubUrl: 'https://github.com',
    username: undefined,
    remotesDirectory,
  });
  if (!target.ok) throw new Error(target.failure.detail);
  return target.value;
}
