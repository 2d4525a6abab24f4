#!/usr/bin/env node
import type { Io } from './cli/io.ts';
import { isClosed } from './cli/io.ts';
import { run } from './cli/run.ts';
import { type Given, isSet } from './cli/verb.ts';
import { findHome } from './home.ts';
import { version } from './package.ts';

/** The command. It loads the server only for what needs it. */

// Node prints what simple-git would log, environment and all, where this is set.
delete process.env.DEBUG;

const io: Io = {
  environment: process.env,
  directory: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
};

// Whoever has stopped reading wants no more, which is no failure. What is left to do is done all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosed(error)) throw error;
  });
}

const code = await run(process.argv.slice(2), io, {
  version,
  openLocally: async (...given) => (await import('./local.ts')).openLocally(...given),
  serve,
});
if (code !== undefined) process.exit(code);

async function serve({ environment, directory: current }: Io, given: Given): Promise<void> {
  const { serve: start } = await import('./serve.ts');
  const { directory, environment: own } = findHome(environment, current);
  process.stderr.write(`gitpost: the folder is ${directory}\n`);
  await start(own, directory, isSet(given, 'open') ? (url) => void url : undefined);
}
