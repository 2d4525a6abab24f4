// Runs gitpost against git servers that other people wrote, whichever are installed: pushes, a second device,
// refusals, and 20,000 messages. They run on this machine, on free ports, in temporary folders.
//   npm run servers                       every server that is installed
//   npm run servers -- Apache dulwich     only these
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { findProgram } from './programs.mjs';

/** What each server needs, and the Debian packages that bring it. */
const SERVERS = {
  OpenSSH: { programs: ['sshd', 'ssh'], packages: 'openssh-server openssh-client' },
  gitolite: { programs: ['gitolite', 'sshd', 'ssh'], packages: 'gitolite3 openssh-server openssh-client' },
  Apache: { programs: ['apache2', 'openssl'], packages: 'apache2 openssl' },
  dulwich: { programs: ['dulwich'], packages: 'python3-dulwich' },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SERVERS));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Choose from ${Object.keys(SERVERS).join(', ')}.`);
  process.exit(1);
}

/** @type {Record<string, Record<string, string>>} */
const servers = {};
for (const [name, { programs, packages }] of Object.entries(SERVERS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const found = programs.map((program) => [program, findProgram(program)]);
  if (found.every(([, path]) => path)) servers[name] = Object.fromEntries(found);
  else console.log(`${name} is not installed. On Debian: apt-get install ${packages}`);
}

if (Object.keys(servers).length === 0) {
  console.log('No server was tested.');
} else {
  const vitest = await startVitest('test', [], {
    root: join(dirname(fileURLToPath(import.meta.url)), '..'),
    config: false,
    watch: false,
    include: ['test/servers/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    testTimeout: 900_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
    disableConsoleIntercept: true,
    provide: { servers },
  });
  await vitest.close();
}
