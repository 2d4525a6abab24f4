import { setFlagsFromString } from 'node:v8';
import { pino } from 'pino';
import { type App, startApp } from './app.ts';
import { type Config, isConfigError, readConfig } from './config.ts';
import { type Environment, exposesToken } from './environment.ts';
import type { Launcher } from './git/launcher/launcher.ts';
import { whenOrphaned } from './orphan.ts';
import { fillingScript, publicDirectory, version } from './package.ts';
import { fillInThreads } from './repository/reconcile/bulk/filler.ts';
import type { SyncNote } from './services/sync-log.ts';
import { isOutOfFiles, refusalOf } from './start.ts';

const EXIT_REFUSED = 1;
const EXIT_CONFIG = 2;
const LAST_RESORT_MS = 9000;

/**
 * Runs the app in this process until a signal ends it. If the start is refused, the process ends immediately.
 *
 * @param directory where `.env` is, and what relative paths are relative to
 * @param launcher starts the git processes; without it, this process does
 * @param onUp called with the address, without a trailing slash
 */
export async function serve(
  environment: Environment,
  directory: string,
  launcher: Launcher | undefined,
  onUp: (url: string) => unknown = () => undefined,
): Promise<void> {
  // By default, V8 lets a heap grow to four times its live size before collecting garbage. On a laptop, 50% more is
  // enough.
  setFlagsFromString('--heap-growing-percent=50');

  const config = configOrExit(environment, directory);
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: true }));
  const onTrouble = (error: unknown) => log.error({ err: error }, 'something went wrong');

  if (exposesToken(directory))
    log.warn('other users of this machine can read the token in .env: chmod 600 .env');

  // An unhandled rejection must not end the program: everything answered is committed, and the rest can continue.
  process.on('unhandledRejection', onTrouble);

  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (isOutOfFiles(error)) return onTrouble(error);
    log.fatal({ err: error }, 'this should not have happened');
    process.exit(EXIT_REFUSED);
  });

  try {
    const filler = fillInThreads(fillingScript, onTrouble);
    const onSyncNote = ({ level, message, fields }: SyncNote) => log[level](fields, message);
    const app = await startApp({
      config,
      version: version(),
      publicDirectory,
      onSyncNote,
      onTrouble,
      filler,
      launcher,
    });
    // Whoever reads the address may send a signal at once.
    stopWithReason(app, environment, onTrouble);
    process.stdout.write(`gitpost is at ${app.url}/\n`);
    onUp(app.url);
  } catch (error) {
    const reason = whyRefused(error, config);
    if (reason === undefined) throw error;
    process.stderr.write(`gitpost: ${reason}\n`);
    process.exit(EXIT_REFUSED);
  }
}

function whyRefused(error: unknown, config: Config): string | undefined {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `port ${config.port} is in use: stop what uses it, or set PORT`;
  return syscall === 'listen' || syscall === 'getaddrinfo' ? message : refusalOf(error, config);
}

/** Reads the configuration. A wrong value ends the process before anything is written. */
function configOrExit(environment: Environment, directory: string): Config {
  const read = readConfig(environment, directory);
  if (!isConfigError(read)) return read;
  for (const line of read.lines) process.stderr.write(`gitpost: ${line}\n`);
  return process.exit(EXIT_CONFIG);
}

/** Shuts down cleanly at the first signal or when npm is gone, and exits immediately at the second signal. */
function stopWithReason(app: App, environment: Environment, onTrouble: (error: unknown) => void): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), LAST_RESORT_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        onTrouble(error);
        process.exit(0);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(EXIT_REFUSED);
      stop();
    });
  }
  // npm passes a signal on to the shell that it starts us with, which ends without passing it on to us.
  if (environment.npm_lifecycle_event === 'start') whenOrphaned(stop);
}
