import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { pino } from 'pino';
import { type App, startApp } from './app.ts';
import { type Config, exposesToken, isConfigError, readConfig } from './config.ts';
import { whenOrphaned } from './orphan.ts';
import { fillInThreads } from './repository/reconcile/bulk/filler.ts';
import type { SyncNote } from './services/sync-log.ts';
import { StartRefused } from './start.ts';

// Node prints what simple-git would log, environment and all, where this is set.
delete process.env.DEBUG;

// V8 lets a heap grow to four times of what is alive before it tidies up; on somebody's laptop half as much more is enough.
setFlagsFromString('--heap-growing-percent=50');

const EXIT_REFUSED = 1;
const EXIT_CONFIG = 2;
const LAST_RESORT_MS = 9000;

const root = new URL('../', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };

const config = configOrExit();

const log = pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: true }));
const onTrouble = (error: unknown) => log.error({ err: error }, 'something went wrong');

if (exposesToken(process.cwd()))
  log.warn('other users of this machine can read the token in .env: chmod 600 .env');

// What nobody has waited for must not end the program: all that was answered is committed, and the rest goes on.
process.on('unhandledRejection', onTrouble);

// With no files left, a git of simple-git's that can't be started tells so when nobody listens any more.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if ((error.code === 'EMFILE' || error.code === 'ENFILE') && error.syscall?.startsWith('spawn'))
    return onTrouble(error);
  log.fatal({ err: error }, 'this should not have happened');
  process.exit(EXIT_REFUSED);
});

try {
  const publicDirectory = fileURLToPath(new URL('public/', root));
  const filler = fillInThreads(new URL('filling.js', import.meta.url), onTrouble);
  const onSyncNote = ({ level, message, fields }: SyncNote) => log[level](fields, message);
  const app = await startApp({ config, version, publicDirectory, onSyncNote, onTrouble, filler });
  process.stdout.write(`gitpost is at ${app.url}/\n`);
  stopWithReason(app);
} catch (error) {
  const reason = refusalOf(error);
  if (reason === undefined) throw error;
  process.stderr.write(`gitpost: ${reason}\n`);
  process.exit(EXIT_REFUSED);
}

function refusalOf(error: unknown): string | undefined {
  if (error instanceof StartRefused) return error.message;
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `port ${config.port} is in use: stop what uses it, or set PORT`;
  return syscall === undefined ? undefined : message;
}

/** A wrong value ends the start before anything is written. */
function configOrExit(): Config {
  const read = readConfig(process.env, process.cwd());
  if (!isConfigError(read)) return read;
  for (const line of read.lines) process.stderr.write(`gitpost: ${line}\n`);
  return process.exit(EXIT_CONFIG);
}

/** Ends in order at the first signal or when npm is gone, and at once at the second signal. */
function stopWithReason(app: App): void {
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
  // npm passes a signal on to the shell that it starts us with, and that ends without telling us.
  if (process.env.npm_lifecycle_event === 'start') whenOrphaned(stop);
}
