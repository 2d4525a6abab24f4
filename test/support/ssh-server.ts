import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { eventually } from './wait.ts';

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd'].find((path) =>
  existsSync(path),
);

/** Whether this machine has an OpenSSH server, and a user that it lets in. */
export const hasSshServer = SSHD !== undefined && process.platform !== 'win32';

/** An OpenSSH server of one's own on the loopback, and what a client of it needs. */
export interface SshServer {
  readonly port: number;
  /** The address of a folder on it. */
  url(path: string): string;
  /** How git starts ssh; `key` is one of the two that the server accepts, and `known` a file of host keys. */
  command(options: { key?: 'open' | 'locked' | 'none'; known?: 'right' | 'wrong' | 'none' }): string;
  close(): Promise<void>;
}

/** Starts a server that lets in the user who runs the tests, by key alone. */
export async function startSshServer(folder: string): Promise<SshServer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const port = await freePort();
  for (const [name, passphrase] of [
    ['host', ''],
    ['other-host', ''],
    ['open', ''],
    ['locked', 'a passphrase'],
  ] as const)
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', at(name)]);
  const known = async (key: string) => `[127.0.0.1]:${port} ${await readFile(at(`${key}.pub`), 'utf8')}`;
  await writeFile(at('right'), await known('host'));
  await writeFile(at('wrong'), await known('other-host'));
  await writeFile(at('authorized'), `${await readFile(at('open.pub'))}${await readFile(at('locked.pub'))}`);
  await writeFile(
    at('config'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${at('host')}
AuthorizedKeysFile ${at('authorized')}
StrictModes no
PidFile none
PasswordAuthentication no
KbdInteractiveAuthentication no
`,
  );
  // Some systems make this folder only when they start the server themselves.
  await mkdir('/run/sshd', { recursive: true }).catch(() => undefined);
  const child = spawn(SSHD as string, ['-D', '-e', '-f', at('config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(said);
    return /Server listening/.test(said);
  });
  return {
    port,
    url: (path) => `ssh://${userInfo().username}@127.0.0.1:${port}${path}`,
    command({ key = 'open', known: hosts = 'right' }) {
      const options = [
        'BatchMode=yes',
        'IdentitiesOnly=yes',
        'IdentityAgent=none',
        `IdentityFile=${at(key)}`,
      ];
      const file = hosts === 'none' ? '/dev/null' : at(hosts);
      options.push(`UserKnownHostsFile=${file}`, 'GlobalKnownHostsFile=/dev/null');
      return ['ssh', '-F', '/dev/null', ...options.map((option) => `-o${option}`)].join(' ');
    },
    async close() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
