import { startApp } from './app.ts';
import type { Opened } from './cli/connect.ts';
import { isConfigError, readConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { fillingScript, publicDirectory, version } from './package.ts';
import { fillInThreads } from './repository/reconcile/bulk/filler.ts';
import { FolderHeld, isOutOfFiles, refusalOf } from './start.ts';

/**
 * Opens the folders as a server would, with the same locks, but does not listen.
 *
 * @param signal ends the wait for a process that holds them
 */
export async function openLocally(
  environment: Environment,
  directory: string,
  onTrouble: (error: unknown) => void,
  signal: AbortSignal,
): Promise<Opened> {
  const config = readConfig(environment, directory);
  if (isConfigError(config)) return { is: 'misconfigured', reasons: config.lines };
  guardProcess(onTrouble);
  const filler = fillInThreads(fillingScript, onTrouble);
  try {
    const app = await startApp({
      config,
      version: version(),
      publicDirectory,
      onTrouble,
      filler,
      listens: false,
      signal,
    });
    return { is: 'open', connect: app.connect, close: app.close };
  } catch (error) {
    if (error instanceof FolderHeld) return { is: 'held', reasons: [error.message] };
    const reason = refusalOf(error, config);
    if (reason === undefined) throw error;
    return { is: 'refused', reasons: [reason] };
  }
}

let isGuarded = false;

/**
 * Keeps unhandled errors from ending the process, as in a server. The folders may be opened several times in one
 * process.
 */
function guardProcess(onTrouble: (error: unknown) => void): void {
  if (isGuarded) return;
  isGuarded = true;
  process.on('unhandledRejection', onTrouble);
  process.on('uncaughtException', (error) => {
    if (isOutOfFiles(error)) return onTrouble(error);
    throw error;
  });
}
