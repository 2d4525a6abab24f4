#!/usr/bin/env node
import { EXIT } from './cli/ending.ts';
import type { Io } from './cli/io.ts';
import { run } from './cli/run.ts';
import { type Given, isSet } from './cli/verb.ts';
import { findAddress } from './clone/address-file.ts';
import { findHome } from './home.ts';
import { launcherScript, version } from './package.ts';

/** The command. It only loads the server for what needs it. */

// If this is set, simple-git logs to the console, including the environment.
delete process.env.DEBUG;

const OLDEST_NODE = [20, 19] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(
    `gitpost: Node ${process.versions.node} is too old: install Node ${OLDEST_NODE.join('.')} or later\n`,
  );
  process.exit(EXIT.usage);
}

const io: Io = {
  environment: process.env,
  directory: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
};

// Write errors are handled by the code that writes. If standard error is closed, nothing more can be said anyway.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const code = await run(process.argv.slice(2), io, {
  version,
  openLocally: async (...given) => (await import('./local.ts')).openLocally(...given),
  serve,
  verify,
});
if (code !== undefined) process.exit(code);

/** Runs the app, or opens the page of one that is already running. */
async function serve({ environment, directory: current }: Io, given: Given): Promise<number | undefined> {
  const { directory, environment: own, dataDirectory } = findHome(environment, current);
  const open = async (url: string) => {
    const { openInBrowser } = await import('./cli/browser.ts');
    if (!(await openInBrowser(`${url}/`, environment)))
      process.stderr.write(`gitpost: no browser could be started. Open ${url}/ yourself\n`);
  };
  const running = isSet(given, 'open') ? await findAddress(dataDirectory) : undefined;
  if (running) {
    process.stdout.write(`gitpost is at ${running.url}/\n`);
    await open(running.url);
    return EXIT.done;
  }
  process.stderr.write(`gitpost: the folder is ${directory}\n`);
  // It starts while the rest of the program is being loaded.
  const { startLauncher } = await import('./git/launcher/launcher.ts');
  const launcher = startLauncher(launcherScript);
  const { serve: start } = await import('./serve.ts');
  await start(own, directory, launcher, isSet(given, 'open') ? open : undefined);
  return undefined;
}

async function verify({ environment, directory: current }: Io): Promise<number> {
  const { directory, environment: own, isPlatform } = findHome(environment, current);
  if (isPlatform) process.stderr.write(`gitpost: the folder is ${directory}\n`);
  return (await import('./verify-folders.ts')).verifyFolders(own, directory);
}
