import { join } from 'node:path';
import { ifExists } from './async/if-exists.ts';
import { type ClonesFolder, cloneContext, findClones, withChosenRemotes } from './clone/folder.ts';
import { isHeld } from './clone/folder-lock.ts';
import { isConfigError, readConfig } from './config.ts';
import type { Target } from './domain/repository.ts';
import { sameName } from './domain/target.ts';
import type { Environment } from './environment.ts';
import { checkGit, credentialsOf, gitContextOf, StartRefused } from './start.ts';
import type { Subject } from './verify/examine.ts';
import { reportOf } from './verify/report.ts';
import { Verifier } from './verify/verifier.ts';

/** Where the report and errors are written. */
export interface Output {
  readonly report: (text: string) => unknown;
  readonly error: (text: string) => unknown;
}

const streams: Output = {
  report: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
};

const EXIT_WRONG = 1;
const EXIT_CONFIG = 2;

/**
 * Checks the folders in the configuration and prints a report. Takes no lock and changes nothing, so it works with or
 * without a running gitpost. Returns the exit code.
 */
export async function verifyFolders(
  environment: Environment,
  directory: string,
  output: Output = streams,
): Promise<number> {
  const config = readConfig(environment, directory);
  if (isConfigError(config)) {
    for (const line of config.lines) output.error(`gitpost: ${line}\n`);
    return EXIT_CONFIG;
  }
  try {
    await checkGit(gitContextOf(config));
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    output.error(`gitpost: ${error.message}\n`);
    return EXIT_CONFIG;
  }
  const folder: ClonesFolder = {
    directory: config.reposDirectory,
    remotesDirectory: join(config.dataDirectory, 'remotes'),
    git: gitContextOf(config),
  };
  const verifier = new Verifier({
    subjects: () => subjectsOf(folder, config.targets),
    mirrorDirectory: join(config.dataDirectory, 'mirror'),
    mirror: undefined,
    isRunning: () => isHeld(config.reposDirectory),
    credentials: credentialsOf(config),
  });
  const verification = await verifier.run();
  if (!verification.ok) throw new Error(verification.failure.detail);
  output.report(reportOf(verification.value));
  return verification.value.status === 'ok' ? 0 : EXIT_WRONG;
}

/** The repositories in the environment, and those added while gitpost was running. */
async function subjectsOf(folder: ClonesFolder, named: readonly Target[]): Promise<readonly Subject[]> {
  const targets = await withChosenRemotes(folder, named);
  const found = (await ifExists(findClones(folder))) ?? [];
  const added = found.filter(({ name }) => !targets.some((target) => sameName(target.name, name)));
  return [...targets, ...added].map((target) => ({ ...target, git: cloneContext(folder, target.name) }));
}
