import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import {
  type Built,
  makeRepositories,
  type Place,
  REPOSITORIES,
  refuse,
  run,
  system,
} from './server-place.ts';

export async function startOpenssh(place: Place): Promise<Built> {
  const { folder, root } = place;
  const home = join(folder, 'home');
  await mkdir(home);
  await makeRepositories(root);
  const [device] = await makeKeys(folder);
  const authorized = join(folder, 'authorized_keys');
  await writeFile(authorized, await readFile(`${device}.pub`));
  await startSshd(place, home, authorized);
  return {
    ...(await sshClients(place)),
    url: (name) => `ssh://${userInfo().username}@127.0.0.1:${place.port}${root}/${name}.git`,
    refusals: { missing: 'not-found', refusing: 'rejected', stranger: 'unauthorized' },
  };
}

export async function startGitolite(place: Place): Promise<Built> {
  const { folder, root, found } = place;
  const home = join(folder, 'home');
  await mkdir(home);
  const [device] = await makeKeys(folder);
  const env = { ...system(), HOME: home, USER: userInfo().username, GIT_CONFIG_NOSYSTEM: '1' };
  const gitolite = (...args: string[]) => run(found.gitolite ?? 'gitolite', args, { env });
  await gitolite('setup', '-pk', `${device}.pub`);
  // What an administrator would push to the repository of settings.
  const settings = join(home, '.gitolite/conf/gitolite.conf');
  await writeFile(
    settings,
    REPOSITORIES.map((name) => `repo ${name}\n  ${name === 'readonly' ? 'R' : 'RW+'} = device\n`).join(''),
  );
  await gitolite('setup');
  await refuse(root);
  await startSshd(place, home, join(home, '.ssh/authorized_keys'));
  return {
    ...(await sshClients(place)),
    url: (name) => `ssh://${userInfo().username}@127.0.0.1:${place.port}/${name}.git`,
    // gitolite does not say whether a repository that someone may not read exists.
    refusals: {
      missing: 'unauthorized',
      refusing: 'rejected',
      readonly: 'unauthorized',
      stranger: 'unauthorized',
    },
  };
}

/** Makes the key of the server, of a device, and of someone whom the server does not know. */
async function makeKeys(folder: string): Promise<[device: string]> {
  for (const name of ['host', 'device', 'stranger']) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)]);
  }
  return [join(folder, 'device')];
}

/** Starts a server of ssh that lets in the user who runs this, with a home folder of its own. */
async function startSshd({ folder, port, found, start }: Place, home: string, authorized: string) {
  // As root, sshd wants this folder, which the service of the system makes as well.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const config = join(folder, 'sshd_config');
  const lines = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${folder}/host`,
    `PidFile ${folder}/sshd.pid`,
    `AuthorizedKeysFile ${authorized}`,
    // Temporary folders belong to everyone.
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    `SetEnv HOME=${home} GIT_CONFIG_NOSYSTEM=1`,
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  // sshd starts itself again for each connection, so it wants its whole path.
  start(found.sshd ?? '/usr/sbin/sshd', ['-D', '-e', '-f', config]);
}

async function sshClients({ folder, port }: Place): Promise<Pick<Built, 'env' | 'stranger'>> {
  const hostKey = (await readFile(join(folder, 'host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  const known = join(folder, 'known_hosts');
  await writeFile(known, `[127.0.0.1]:${port} ${hostKey}\n`);
  const client = async (key: string) => {
    const config = join(folder, `ssh_config_${key}`);
    const lines = ['Host *', `IdentityFile ${folder}/${key}`, 'IdentitiesOnly yes', 'IdentityAgent none'];
    await writeFile(config, [...lines, `UserKnownHostsFile ${known}`, 'BatchMode yes\n'].join('\n'));
    return { GIT_SSH_COMMAND: `ssh -F ${config}` };
  };
  return { env: await client('device'), stranger: await client('stranger') };
}
