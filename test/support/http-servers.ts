import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git.ts';
import { type Built, makeRepositories, type Place, REPOSITORIES, run } from './server-place.ts';

export async function startApache({ folder, root, port, found, start }: Place): Promise<Built> {
  await makeRepositories(root);
  await git(join(root, 'readonly.git'), 'config', 'http.receivepack', 'false');
  for (const name of ['notes', 'large', 'refusing']) {
    await git(join(root, `${name}.git`), 'config', 'http.receivepack', 'true');
  }
  const [user, password] = ['device', 'right'];
  const { stdout: hash } = await run('openssl', ['passwd', '-apr1', password]);
  await writeFile(join(folder, 'passwords'), `${user}:${hash}`);
  const { stdout: execPath } = await run('git', ['--exec-path']);
  const modules = [
    ...['mpm_prefork', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic', 'alias', 'cgi'],
    'env',
  ];
  const isRoot = process.getuid?.() === 0;
  const lines = [
    ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    // Apache does not serve as root.
    ...(isRoot ? ['User www-data', 'Group www-data'] : []),
    `ServerRoot ${folder}`,
    'ServerName 127.0.0.1',
    `Listen 127.0.0.1:${port}`,
    `PidFile ${folder}/apache.pid`,
    `DefaultRuntimeDir ${folder}`,
    `ErrorLog ${folder}/error.log`,
    `SetEnv GIT_PROJECT_ROOT ${root}`,
    'SetEnv GIT_HTTP_EXPORT_ALL 1',
    'SetEnv GIT_CONFIG_NOSYSTEM 1',
    `ScriptAlias / ${execPath.trim()}/git-http-backend/`,
    '<Location />',
    '  AuthType Basic',
    '  AuthName git',
    `  AuthUserFile ${folder}/passwords`,
    '  Require valid-user',
    '</Location>',
  ];
  await writeFile(join(folder, 'httpd.conf'), `${lines.join('\n')}\n`);
  if (isRoot) {
    await chmod(folder, 0o755);
    await run('chown', ['-R', 'www-data:www-data', root]);
  }
  start(found.apache2 ?? 'apache2', ['-DFOREGROUND', '-f', join(folder, 'httpd.conf')]);
  const client = async (name: string, secret: string) => {
    const [store, config] = [join(folder, `${name}-credentials`), join(folder, `${name}-gitconfig`)];
    await writeFile(store, `http://${user}:${secret}@127.0.0.1%3a${port}\n`);
    await writeFile(config, `[credential]\n\thelper = store --file=${store}\n`);
    return { GIT_CONFIG_GLOBAL: config };
  };
  return {
    env: await client('device', password),
    stranger: await client('stranger', 'wrong'),
    url: (name) => `http://127.0.0.1:${port}/${name}.git`,
    refusals: {
      missing: 'not-found',
      refusing: 'rejected',
      readonly: 'unauthorized',
      stranger: 'unauthorized',
    },
  };
}

/** The program of dulwich that serves a folder finds no repository in it, so this serves them one by one. */
const DULWICH = `
import sys
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain, make_server, WSGIRequestHandlerLogger, WSGIServerLogger
port, root, *names = sys.argv[1:]
backend = DictBackend({f"/{name}.git": Repo(f"{root}/{name}.git") for name in names})
make_server("127.0.0.1", int(port), make_wsgi_chain(backend),
    handler_class=WSGIRequestHandlerLogger, server_class=WSGIServerLogger).serve_forever()
`;

/** dulwich has neither users nor hooks that can refuse. */
export async function startDulwich({ root, port, found, start }: Place): Promise<Built> {
  await makeRepositories(root);
  // A system may have several Pythons; the first line of the program names the one that has dulwich.
  const [, python = 'python3'] = /^#!(\S+)/.exec(await readFile(found.dulwich ?? '', 'utf8')) ?? [];
  start(python, ['-c', DULWICH, String(port), root, ...REPOSITORIES]);
  return {
    env: {},
    stranger: {},
    url: (name) => `http://127.0.0.1:${port}/${name}.git`,
    refusals: { missing: 'not-found' },
  };
}
