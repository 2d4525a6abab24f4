import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answersAt, freePort } from './free-port.ts';
import { git } from './git.ts';
import { startApache, startDulwich } from './http-servers.ts';
import { programs } from './programs.ts';
import { scratchFolder } from './scratch.ts';
import { type Built, type Found, type Place, type RealServer, system } from './server-place.ts';
import { startGitolite, startOpenssh } from './ssh-servers.ts';
import { eventually } from './wait.ts';

/** How long a server may take to listen. In milliseconds. */
const START_LIMIT = 15_000;

declare module 'vitest' {
  interface ProvidedContext {
    /** For each server that is installed, where its programs are. */
    servers: Readonly<Record<string, Found>>;
  }
}

/** The servers, by the names that the script takes. */
export type ServerName = 'OpenSSH' | 'gitolite' | 'Apache' | 'dulwich';

const BUILDERS: Readonly<Record<ServerName, (place: Place) => Promise<Built>>> = {
  OpenSSH: startOpenssh,
  gitolite: startGitolite,
  Apache: startApache,
  dulwich: startDulwich,
};

/** Starts a server on a free port with everything it needs in a temporary folder. */
export async function startRealServer(name: ServerName, found: Found): Promise<RealServer> {
  const scratch = await scratchFolder();
  const group = programs();
  const end = async () => {
    await group.end();
    await said.close();
    await scratch.remove();
  };
  const words = join(scratch.path, 'server.log');
  const said = await open(words, 'a');
  const root = join(scratch.path, name === 'gitolite' ? 'home/repositories' : 'repositories');
  try {
    const port = await freePort();
    const built = await BUILDERS[name]({
      folder: scratch.path,
      root,
      port,
      found,
      start: (program, args, env = {}) =>
        void group.start(program, args, {
          env: { ...system(), ...env },
          stdio: ['ignore', said.fd, said.fd],
        }),
    });
    await eventually(() => answersAt(port), START_LIMIT).catch(async (error: Error) => {
      throw new Error(`${name}: ${error.message}\n${await readFile(words, 'utf8')}`);
    });
    return {
      ...built,
      // Apache's repositories belong to its own user.
      git: (repository, ...args) => git(join(root, `${repository}.git`), '-c', 'safe.directory=*', ...args),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
