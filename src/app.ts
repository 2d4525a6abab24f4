import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { findAddress, noteAddress } from './clone/address-file.ts';
import { type FolderLock, lockFolder } from './clone/folder-lock.ts';
import type { Config } from './config.ts';
import { given } from './domain/given.ts';
import { isFailure } from './domain/repository.ts';
import { personsConfig } from './git/config.ts';
import type { Identity } from './git/importer.ts';
import type { Launcher } from './git/launcher/launcher.ts';
import type { GitContext } from './git/run.ts';
import { startServer } from './http/server.ts';
import type { Services } from './http/services.ts';
import { clearSpool } from './http/spool.ts';
import { cleanName } from './journal/commit.ts';
import { Database } from './mirror/database.ts';
import type { Filler } from './repository/reconcile/bulk/filler.ts';
import type { Repository } from './repository/repository.ts';
import { Attachments } from './services/attachments/attachments.ts';
import { Copies } from './services/attachments/copies.ts';
import { Uploads } from './services/attachments/uploads.ts';
import { AutoSync, type Syncable } from './services/auto-sync.ts';
import { Events } from './services/events.ts';
import { Github } from './services/github.ts';
import { Imports } from './services/imports/imports.ts';
import { Intents } from './services/intents.ts';
import { MessageReader } from './services/message-reader.ts';
import { Messages } from './services/messages.ts';
import { RepositoryManager } from './services/repositories.ts';
import { SharedSettingsStore } from './services/settings.ts';
import { SyncLog, type SyncNote } from './services/sync-log.ts';
import { checkGit, credentialsOf, FolderHeld, gitContextOf, StartRefused } from './start.ts';
import type { Subject } from './verify/examine.ts';
import { Verifier } from './verify/verifier.ts';
import { type Watcher, watchClones } from './watching/clones.ts';

export interface AppOptions {
  readonly config: Config;
  readonly version: string;
  /** The page's files. */
  readonly publicDirectory: string;
  /** Reads many journals in parallel; without it they are read one after the other. */
  readonly filler?: Filler;
  /** Starts the git processes; without it, this process does. */
  readonly launcher?: Launcher | undefined;
  /** Milliseconds for which git may do nothing while someone is waiting for it; shorter in tests. */
  readonly gitSilence?: number;
  /** Milliseconds until a clone that could not be opened is tried again. */
  readonly retryPause?: number;
  /** If false, the app only serves this process, which uses the folders as a server would and then ends. */
  readonly listens?: boolean;
  /** Ends the wait for a process that holds the folders. */
  readonly signal?: AbortSignal;
  /** The current time; tests let it go wrong. */
  readonly clock?: () => Date;
  /** Called when syncing a repository starts to fail, still fails after an hour, or works again. */
  readonly onSyncNote?: (note: SyncNote) => void;
  /** Called with every error that was not reported in an answer. */
  readonly onTrouble: (error: unknown) => void;
}

export interface App {
  readonly url: string;
  /** A connection to its API within this process. */
  readonly connect: () => Duplex;
  readonly close: () => Promise<void>;
}

/** Creates every part and starts it. Tests use the same function. Throws {@link StartRefused} with what to do. */
export async function startApp(options: AppOptions): Promise<App> {
  const {
    config,
    version,
    publicDirectory,
    onTrouble,
    filler,
    listens = true,
    clock = () => new Date(),
  } = options;
  const launcher = (await options.launcher?.works()) ? options.launcher : undefined;
  const git = gitContextOf(config, launcher);
  const installed = await checkGit(git);
  const locks = await lockFolders(config, listens ? 'long' : 'briefly', options.signal);
  try {
    const identity = await identityOf(config, git);
    const mirror = await Database.open(join(config.dataDirectory, 'mirror'), onTrouble);
    const events = new Events();
    const autoSync = new AutoSync(config.syncInterval ?? 0, () => repositories.list().map(syncable));
    const syncLog = new SyncLog(options.onSyncNote ?? (() => undefined));
    const repositories = new RepositoryManager({
      reposDirectory: config.reposDirectory,
      remotesDirectory: join(config.dataDirectory, 'remotes'),
      targets: config.targets,
      git,
      githubUrl: config.githubUrl,
      identity,
      credentials: credentialsOf(config),
      mirror,
      events,
      filler,
      onSynced: ({ repository, status }) => autoSync.heard(repository, isFailure(status)),
      onOutcome: (result) => syncLog.heard(result),
      onTrouble,
      files: {
        findUpload: (sha256) => attachments.findUpload(sha256),
        findAnywhere: (sha256) => attachments.findAnywhere(sha256),
      },
      ...given({ gitSilence: options.gitSilence, retryPause: options.retryPause }),
    });
    const attachments = new Attachments(
      await Uploads.open(join(config.dataDirectory, 'uploads'), clock),
      await Copies.open(join(config.dataDirectory, 'attachments')),
      repositories,
    );
    await repositories.start();
    const intents = await Intents.open(join(config.dataDirectory, 'intents.json'), onTrouble);
    const { defaultTarget, secretGuard } = config;
    const reader = new MessageReader(repositories);
    const messages = new Messages({
      repositories,
      reader,
      intents,
      attachments,
      defaultTarget,
      author: identity.name,
      secretGuard,
      clock,
    });
    const settings = new SharedSettingsStore({
      repositories,
      author: identity.name,
      defaultTarget,
      fixedInterval: config.syncInterval,
      onInterval: (seconds) => autoSync.every(seconds),
      onTrouble,
    });
    const imports = new Imports({
      messages,
      reader,
      attachments,
      attachmentLimit: config.attachmentLimit,
      author: identity.name,
      secretGuard,
    });
    const importFolder = join(config.dataDirectory, 'imports');
    await clearSpool(importFolder);
    const github = new Github({
      url: config.githubUrl,
      apiUrl: config.githubApiUrl,
      username: config.githubUsername,
      token: config.githubToken,
      clock,
    });
    const look = (name: string, paths: Iterable<string>) =>
      void repositories.find(name)?.filesChanged(paths).catch(onTrouble);
    // If it does not listen, changes in the clones are noticed by the next process that opens them.
    const watcher = listens ? watchClones(config.reposDirectory, look, onTrouble) : undefined;
    const health = () => healthOf(repositories, mirror, watcher, version, installed);
    const verifier = new Verifier({
      subjects: async () => {
        // Right after the start, much is still in progress. After a moment, the status is reported as it is.
        await reader.ready();
        return repositories.list().map((repository) => subjectOf(repository, repositories));
      },
      mirrorDirectory: join(config.dataDirectory, 'mirror'),
      mirror,
      isRunning: async () => true,
      credentials: credentialsOf(config),
    });
    const secret = randomBytes(32).toString('base64url');
    const server = await startServer({
      // Callers in this process have access.
      config: listens ? config : { ...config, accessToken: undefined },
      publicDirectory,
      version,
      events,
      services: {
        messages,
        reader,
        attachments,
        imports,
        importFolder,
        repositories,
        settings,
        github,
        health,
        verify: () => verifier.run(),
      },
      onSurprise: onTrouble,
      secret,
      listens,
    });
    const removeAddress = listens
      ? await noteAddress(config.dataDirectory, { url: server.url, secret }).catch(onTrouble)
      : undefined;
    if (listens) {
      autoSync.start();
      void settings.start();
    }
    const dropping = setInterval(() => void attachments.dropOld().catch(onTrouble), HOUR_MS);
    dropping.unref();
    return {
      url: server.url,
      connect: server.connect,
      close: async () => {
        await removeAddress?.();
        settings.stop();
        autoSync.stop();
        clearInterval(dropping);
        await verifier.close();
        await server.close();
        await watcher?.close();
        await repositories.close();
        await mirror.close();
        await release(locks);
      },
    };
  } catch (error) {
    await release(locks);
    throw error;
  }
}

const HOUR_MS = 60 * 60 * 1000;

const subjectOf = (repository: Repository, repositories: RepositoryManager): Subject => ({
  ...repository.target,
  git: repositories.contextOf(repository.name),
  status: repository.status(),
});

const syncable = (repository: Repository): Syncable => ({
  name: repository.name,
  sync: async () => ({ isTrouble: isFailure((await repository.sync('push')).status) }),
});

async function lockFolders(
  { reposDirectory, dataDirectory }: Config,
  held: 'briefly' | 'long',
  signal: AbortSignal | undefined,
): Promise<FolderLock[]> {
  const locks: FolderLock[] = [];
  for (const directory of new Set([reposDirectory, dataDirectory])) {
    const lock = await lockFolder(directory, held, signal);
    if (typeof lock !== 'string') {
      locks.push(lock);
      continue;
    }
    await release(locks);
    const running = await findAddress(dataDirectory);
    const where = running === undefined ? '' : `, at ${running.url}/`;
    throw new FolderHeld(
      `${lock}${where}: stop that one first, or set REPOS_DIR and DATA_DIR to other folders`,
    );
  }
  return locks;
}

async function release(locks: readonly FolderLock[]): Promise<void> {
  for (const lock of locks) await lock.release();
}

/**
 * The committer: as configured, otherwise as set in git, otherwise the user of this machine with an address that does
 * not exist.
 */
async function identityOf(config: Config, git: GitContext): Promise<Identity> {
  const name = config.authorName ?? (await personsConfig(git, 'user.name')) ?? userInfo().username;
  const noreply = config.githubUsername
    ? `${config.githubUsername}@users.noreply.github.com`
    : 'noreply@gitpost.invalid';
  const email = config.authorEmail ?? (await personsConfig(git, 'user.email')) ?? noreply;
  return { name: [...cleanName(name)].slice(0, 80).join(''), email: cleanName(email) };
}

const NO_WATCHES =
  'The system lets no more files be watched, so changes in the clones are noticed a few seconds later. On Linux, raise fs.inotify.max_user_watches.';

function healthOf(
  repositories: RepositoryManager,
  mirror: Database,
  watcher: Watcher | undefined,
  version: string,
  git: string,
): ReturnType<Services['health']> {
  const states = repositories.status().filter(({ state }) => state !== 'ready');
  const reasons = states.map(
    ({ name, state, error }) => `${name} is ${state}${error ? `: ${error.detail}` : ''}`,
  );
  if (!repositories.isReady) reasons.unshift('The messages are still being read from the repositories.');
  reasons.push(...repositories.list().flatMap(({ hanging }) => hanging ?? []));
  if (watcher?.isLooking()) reasons.push(NO_WATCHES);
  return {
    status: reasons.length === 0 ? 'ok' : 'degraded',
    ...(reasons.length === 0 ? {} : { reasons }),
    version,
    git,
    counts: { messages: mirror.current, repositories: repositories.names().length },
  };
}
