import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Config, isConfigError, isLoopback, readConfig } from '../../src/config.ts';
import { temporaryFolder } from '../support/tmp.ts';

type Variables = Record<string, string | undefined>;

/** A folder with a `.env`, or without one. */
async function folderWith(dotenv?: string): Promise<string> {
  const folder = await temporaryFolder();
  if (dotenv !== undefined) await writeFile(join(folder, '.env'), dotenv);
  return folder;
}

async function configOf(variables: Variables, dotenv?: string): Promise<Config> {
  const config = readConfig(variables, await folderWith(dotenv));
  if (isConfigError(config)) throw new Error(`refused: ${config.lines.join(' | ')}`);
  return config;
}

async function linesOf(variables: Variables, dotenv?: string): Promise<readonly string[]> {
  const config = readConfig(variables, await folderWith(dotenv));
  return isConfigError(config) ? config.lines : [];
}

const TOKEN = 'made-up-token-of-32-characters-00';

describe('with nothing set', () => {
  test('everything has the default of the contract', async () => {
    const folder = await folderWith();
    const { githubToken, gitEnvironment, ...config } = readConfig({}, folder) as Config;
    expect(config).toEqual({
      port: 8080,
      host: '127.0.0.1',
      accessToken: undefined,
      allowedHosts: [],
      publicUrl: undefined,
      authorName: undefined,
      authorEmail: undefined,
      targets: [{ name: 'messages', url: join(folder, 'data/remotes/messages.git'), own: true }],
      defaultTarget: 'primary',
      syncInterval: undefined,
      reposDirectory: join(folder, 'repos'),
      dataDirectory: join(folder, 'data'),
      githubUrl: 'https://github.com',
      githubApiUrl: 'https://api.github.com',
      githubUsername: undefined,
      secretGuard: true,
      mcp: 'on',
      attachmentLimit: 10 * 1024 * 1024,
      logLevel: 'info',
    });
    expect(githubToken()).toBeUndefined();
    expect(gitEnvironment).toMatchObject({ LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' });
  });

  test('a variable that is set to nothing counts as not set', async () => {
    const names = [
      'GITHUB_TOKEN GITHUB_USERNAME REPOSITORY_NAME REPOSITORIES DEFAULT_TARGET PORT HOST ACCESS_TOKEN ALLOWED_HOSTS PUBLIC_URL',
      'AUTHOR_NAME AUTHOR_EMAIL SYNC_INTERVAL REPOS_DIR DATA_DIR GITHUB_URL GITHUB_API_URL SECRET_GUARD ATTACHMENT_LIMIT LOG_LEVEL',
    ].flatMap((line) => line.split(' '));
    const config = await configOf(
      Object.fromEntries(names.map((name) => [name, ''])),
      names.map((name) => `${name}=\n`).join(''),
    );
    expect(config).toMatchObject({ port: 8080, host: '127.0.0.1', logLevel: 'info', accessToken: undefined });
    expect(config.targets.map(({ name }) => name)).toEqual(['messages']);
  });
});

describe('a value that is right', () => {
  const withUser = { GITHUB_USERNAME: 'ann' };
  test.each<[string, Variables, object]>([
    ['PORT', { PORT: '0' }, { port: 0 }],
    ['PORT', { PORT: '65535' }, { port: 65_535 }],
    ['HOST', { HOST: '::1' }, { host: '::1' }],
    ['HOST', { HOST: 'localhost' }, { host: 'localhost' }],
    ['HOST', { HOST: '127.1.2.3' }, { host: '127.1.2.3' }],
    ['HOST', { HOST: '0.0.0.0', ACCESS_TOKEN: TOKEN }, { host: '0.0.0.0', accessToken: TOKEN }],
    ['HOST', { HOST: 'chat.example.org', ACCESS_TOKEN: TOKEN }, { host: 'chat.example.org' }],
    ['ACCESS_TOKEN', { ACCESS_TOKEN: 'x'.repeat(16) }, { accessToken: 'x'.repeat(16) }],
    ['ACCESS_TOKEN', { ACCESS_TOKEN: '0123456789-äöü-€' }, { accessToken: '0123456789-äöü-€' }],
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'a.example.org, b,,' }, { allowedHosts: ['a.example.org', 'b'] }],
    [
      'PUBLIC_URL',
      { PUBLIC_URL: 'https://a.example.org:8443/' },
      { publicUrl: 'https://a.example.org:8443' },
    ],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://box.lan/my/notes/' }, { publicUrl: 'http://box.lan/my/notes' }],
    ['AUTHOR_NAME', { AUTHOR_NAME: 'Zoë Lee' }, { authorName: 'Zoë Lee' }],
    ['AUTHOR_NAME', { AUTHOR_NAME: 'x'.repeat(80) }, { authorName: 'x'.repeat(80) }],
    ['AUTHOR_NAME', { AUTHOR_NAME: '😀'.repeat(80) }, { authorName: '😀'.repeat(80) }],
    ['AUTHOR_EMAIL', { AUTHOR_EMAIL: 'ann@example.org' }, { authorEmail: 'ann@example.org' }],
    ['SYNC_INTERVAL', { SYNC_INTERVAL: '300' }, { syncInterval: 300 }],
    ['DEFAULT_TARGET', { DEFAULT_TARGET: 'all' }, { defaultTarget: 'all' }],
    ['SECRET_GUARD', { SECRET_GUARD: 'off' }, { secretGuard: false }],
    ['ATTACHMENT_LIMIT', { ATTACHMENT_LIMIT: '50 MiB' }, { attachmentLimit: 50 * 1024 * 1024 }],
    ['ATTACHMENT_LIMIT in bytes', { ATTACHMENT_LIMIT: '500' }, { attachmentLimit: 500 }],
    ['LOG_LEVEL', { LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
    ['REPOS_DIR', { REPOS_DIR: '/srv/clones' }, { reposDirectory: '/srv/clones' }],
    ['DATA_DIR', { DATA_DIR: '/srv/mirror' }, { dataDirectory: '/srv/mirror' }],
    [
      'GITHUB_URL',
      { GITHUB_URL: 'https://git.example.org/base/' },
      { githubUrl: 'https://git.example.org/base', githubApiUrl: undefined },
    ],
    [
      'GITHUB_API_URL',
      { GITHUB_API_URL: 'http://localhost:1/api' },
      { githubApiUrl: 'http://localhost:1/api' },
    ],
    ['GITHUB_USERNAME', { GITHUB_USERNAME: 'a-b-1' }, { githubUsername: 'a-b-1' }],
    [
      'REPOSITORY_NAME with a user name',
      { ...withUser, REPOSITORY_NAME: 'notes' },
      { targets: [{ name: 'notes', url: 'https://github.com/ann/notes.git', own: false }] },
    ],
    [
      'REPOSITORY_NAME with an owner',
      { REPOSITORY_NAME: 'team/notes' },
      { targets: [{ name: 'notes', url: 'https://github.com/team/notes.git', own: false }] },
    ],
    [
      'REPOSITORY_NAME and REPOSITORIES, the primary first',
      { DATA_DIR: '/d', REPOSITORIES: 'work, https://example.org/a/b.git ,/srv/git/c.git' },
      {
        targets: [
          { name: 'messages', url: '/d/remotes/messages.git', own: true },
          { name: 'work', url: '/d/remotes/work.git', own: true },
          { name: 'b', url: 'https://example.org/a/b.git', own: false },
          { name: 'c', url: '/srv/git/c.git', own: false },
        ],
      },
    ],
    [
      'GITHUB_URL for the short forms',
      { ...withUser, GITHUB_URL: 'https://git.example.org', REPOSITORIES: 'team/x' },
      {
        targets: [
          { name: 'messages', url: 'https://git.example.org/ann/messages.git' },
          { name: 'x', url: 'https://git.example.org/team/x.git' },
        ],
      },
    ],
  ])('is taken: %s %j', async (_, variables, expected) => {
    expect(await configOf(variables)).toMatchObject(expected);
    const dotenv = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
    expect(await configOf({}, dotenv.join(''))).toMatchObject(expected);
  });

  test('of a folder is relative to where the program was started', async () => {
    const folder = await folderWith('REPOS_DIR=clones\nDATA_DIR=./x/mirror\n');
    expect(readConfig({}, folder)).toMatchObject({
      reposDirectory: join(folder, 'clones'),
      dataDirectory: join(folder, 'x/mirror'),
      targets: [{ url: join(folder, 'x/mirror/remotes/messages.git') }],
    });
  });
});

describe('a value that is wrong', () => {
  test.each<[string, string, RegExp]>([
    ['PORT', 'http', /0 to 65535/],
    ['PORT', '65536', /0 to 65535/],
    ['PORT', '-1', /0 to 65535/],
    ['PORT', '80.5', /0 to 65535/],
    ['PORT', '0x50', /0 to 65535/],
    ['PORT', '99999999999', /0 to 65535/],
    ['PORT', ' ', /0 to 65535/],
    ['SYNC_INTERVAL', '5m', /whole number/],
    ['SYNC_INTERVAL', '-5', /whole number/],
    ['DEFAULT_TARGET', 'everything', /primary, all/],
    ['DEFAULT_TARGET', 'ALL', /primary, all/],
    ['SECRET_GUARD', 'no', /on, off/],
    ['ATTACHMENT_LIMIT', '51MiB', /50MiB/],
    ['ATTACHMENT_LIMIT', '0', /50MiB/],
    ['ATTACHMENT_LIMIT', 'much', /50MiB/],
    ['LOG_LEVEL', 'loud', /error, warn, info, debug/],
    ['HOST', 'http://localhost', /IP address or a host name/],
    ['HOST', 'a b', /IP address or a host name/],
    ['ACCESS_TOKEN', 'too-short', /16 characters/],
    ['ACCESS_TOKEN', 'with white space in it', /white space/],
    ['ACCESS_TOKEN', 'short one', /white space|16 characters/],
    ['ALLOWED_HOSTS', 'a.example.org,http://b', /host names/],
    ['ALLOWED_HOSTS', 'a b', /host names/],
    ['PUBLIC_URL', 'notes.example.org', /http or https URL/],
    ['PUBLIC_URL', 'https://ann:pw@notes.example.org', /http or https URL/],
    ['PUBLIC_URL', 'https://notes.example.org/?a=b', /http or https URL/],
    ['PUBLIC_URL', 'ftp://notes.example.org', /http or https URL/],
    ['PUBLIC_URL', 'https://notes.example.org/a//b', /path/],
    ['PUBLIC_URL', 'https://notes.example.org/a;b', /path/],
    ['PUBLIC_URL', 'https://notes.example.org/%2e%2e/x%20y', /path/],
    ['AUTHOR_NAME', 'x'.repeat(81), /80 characters/],
    ['AUTHOR_NAME', '😀'.repeat(81), /80 characters/],
    ['AUTHOR_NAME', 'a\nb', /control characters/],
    ['AUTHOR_NAME', `${'x'.repeat(81)}\n`, /80 characters|control characters/],
    ['AUTHOR_EMAIL', 'a\u0000b', /control characters/],
    ['GITHUB_URL', 'github.com', /http or https URL/],
    ['GITHUB_URL', 'ftp://github.com', /http or https URL/],
    ['GITHUB_URL', 'https://a:b@github.com', /http or https URL/],
    ['GITHUB_API_URL', 'https://api.github.com/?x=1', /http or https URL/],
    ['GITHUB_USERNAME', 'a/b', /account/],
    ['GITHUB_USERNAME', 'a b', /account/],
    ['GITHUB_TOKEN', 'white space', /white space/],
    ['REPOSITORY_NAME', 'a b', /a name, owner\/name, a git URL/],
    ['REPOSITORY_NAME', '../up', /a name, owner\/name, a git URL/],
    ['REPOSITORY_NAME', 'git://example.org/x.git', /https, http, ssh or file/],
    ['REPOSITORY_NAME', 'relative/path/x', /absolute path/],
    ['REPOSITORIES', 'fine,a b', /a name, owner\/name, a git URL/],
    ['REPOSITORIES', 'https://example.org/con', /must|can not/],
  ])('is named in one line, with what is allowed: %s=%j', async (name, value, allowed) => {
    const complete = name === 'GITHUB_TOKEN' ? { GITHUB_USERNAME: 'ann' } : {};
    const lines = await linesOf({ ...complete, [name]: value });
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^${name} .*(${allowed.source})`, 's'))]);
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u);
  });

  test('is reported together with all the others', async () => {
    const lines = await linesOf(
      { PORT: 'x', HOST: '0.0.0.0', SECRET_GUARD: 'maybe' },
      'LOG_LEVEL=loud\nREPOSITORY_NAME=a b\n',
    );
    for (const name of ['PORT', 'SECRET_GUARD', 'LOG_LEVEL']) {
      expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(1);
    }
  });

  test('is reported together with those that are only wrong in combination', async () => {
    const lines = await linesOf({
      HOST: '0.0.0.0',
      REPOSITORY_NAME: 'a b',
      REPOSITORIES: 'x,X',
      GITHUB_TOKEN: TOKEN,
    });
    const names = lines.map((line) => line.split(' ')[0]);
    expect(names.sort()).toEqual(['ACCESS_TOKEN', 'GITHUB_USERNAME', 'REPOSITORIES', 'REPOSITORY_NAME']);
  });
});

describe('values that do not go together', () => {
  test.each<[string, Variables]>([
    ['notes, and the same', { REPOSITORY_NAME: 'notes', REPOSITORIES: 'notes' }],
    ['notes and Notes', { REPOSITORY_NAME: 'notes', REPOSITORIES: 'Notes' }],
    ['two URLs that end alike', { REPOSITORIES: 'https://a.org/x/notes.git,/srv/NOTES' }],
    ['the default and one of its name', { REPOSITORIES: 'team/messages' }],
    ['a file URL and a path', { REPOSITORIES: 'file:///srv/a.git,/mnt/a' }],
  ])('are refused: two repositories that would share a folder: %s', async (_, variables) => {
    const lines = await linesOf(variables);
    expect(lines).toEqual([expect.stringMatching(/^REPOSITORIES .*folder/)]);
  });

  test('are refused: a token without a user name', async () => {
    expect(await linesOf({ GITHUB_TOKEN: TOKEN })).toEqual([
      expect.stringMatching(/^GITHUB_USERNAME must be set/),
    ]);
    expect(await linesOf({}, `GITHUB_TOKEN=${TOKEN}\n`)).toHaveLength(1);
    expect(await linesOf({ GITHUB_TOKEN: TOKEN, GITHUB_USERNAME: 'ann' })).toEqual([]);
  });

  test.each([
    '0.0.0.0',
    '::',
    '192.168.1.5',
    'example.org',
    '128.0.0.1',
    'localhost.example.org',
    '127.0.0.1.nip.io',
  ])('are refused: %s without ACCESS_TOKEN', async (host) => {
    expect(await linesOf({ HOST: host })).toEqual([expect.stringMatching(/^ACCESS_TOKEN must be set.*16/)]);
    expect(await linesOf({ HOST: host, ACCESS_TOKEN: TOKEN })).toEqual([]);
  });

  test.each([
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['::1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['localhost', true],
    ['LOCALHOST', true],
    ['127.evil.example.org', false],
    ['::2', false],
    ['0.0.0.0', false],
    ['', false],
  ])('loopback is known: %s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe('`.env`', () => {
  test('gives what no real variable gives', async () => {
    const config = await configOf({ PORT: '1', LOG_LEVEL: '' }, 'PORT=2\nLOG_LEVEL=warn\nSYNC_INTERVAL=9\n');
    expect(config).toMatchObject({ port: 1, logLevel: 'warn', syncInterval: 9 });
  });

  test('is read with comments, quotes, CRLF, `export` and a BOM', async () => {
    const dotenv =
      '\ufeffPORT=1\r\n# comment\r\nexport LOG_LEVEL="warn" # why\r\nAUTHOR_NAME=\'Ann "A" Lee\'\r\n';
    expect(await configOf({}, dotenv)).toMatchObject({
      port: 1,
      logLevel: 'warn',
      authorName: 'Ann "A" Lee',
    });
  });

  test('is not put into the environment of the process', async () => {
    const before = { ...process.env };
    await configOf({}, 'PORT=2\nGITHUB_USERNAME=ann\nGITPOST_TEST_ONLY=1\n');
    expect(process.env).toEqual(before);
  });

  test('is reported in words if it cannot be read', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '.env'));
    expect(() => readConfig({}, folder)).not.toThrow();
  });

  test('is read again for the token, and only for it', async () => {
    const folder = await folderWith(`GITHUB_USERNAME=ann\nGITHUB_TOKEN=${TOKEN}\nPORT=1\n`);
    const config = readConfig({}, folder) as Config;
    expect(config.githubToken()).toBe(TOKEN);
    await writeFile(join(folder, '.env'), 'GITHUB_TOKEN=another-token\nPORT=2\n');
    expect(config.githubToken()).toBe('another-token');
    expect(config.port).toBe(1);
    await writeFile(join(folder, '.env'), '');
    expect(config.githubToken()).toBeUndefined();
    const real = readConfig({ GITHUB_TOKEN: 'real-one', GITHUB_USERNAME: 'ann' }, folder) as Config;
    await writeFile(join(folder, '.env'), 'GITHUB_TOKEN=another-token\n');
    expect(real.githubToken()).toBe('real-one');
  });
});

describe('secrets', () => {
  test.each<[string, Variables]>([
    ['a token with white space', { GITHUB_TOKEN: `${TOKEN} x`, GITHUB_USERNAME: 'ann' }],
    ['a token without a user name', { GITHUB_TOKEN: TOKEN }],
    ['an access token that is too short', { ACCESS_TOKEN: TOKEN.slice(0, 12) }],
    ['an access token with white space', { ACCESS_TOKEN: `${TOKEN} x` }],
    ['a token in a URL', { REPOSITORY_NAME: `https://${TOKEN}@example.org/x.git` }],
    ['a password in a URL', { REPOSITORIES: `https://ann:${TOKEN}@example.org/x.git` }],
    ['a token in a query', { REPOSITORIES: `https://example.org/x.git?access_token=${TOKEN}` }],
    ['a token in a base URL', { GITHUB_URL: `https://ann:${TOKEN}@example.org` }],
    ['other wrong values beside', { GITHUB_TOKEN: TOKEN, GITHUB_USERNAME: 'ann', PORT: 'x', LOG_LEVEL: 'x' }],
  ])('never stand in a line: %s', async (_, variables) => {
    const lines = await linesOf(variables);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain(TOKEN.slice(0, 12));
  });

  test('are not among what git is started with', async () => {
    const config = await configOf({
      PATH: '/bin',
      GITHUB_TOKEN: TOKEN,
      GITHUB_USERNAME: 'ann',
      ACCESS_TOKEN: TOKEN,
      NPM_TOKEN: TOKEN,
      GIT_DIR: '/elsewhere',
      GIT_INDEX_FILE: '/elsewhere',
      EDITOR: 'vi',
    });
    expect(JSON.stringify(config.gitEnvironment)).not.toContain(TOKEN);
    expect(config.gitEnvironment).toMatchObject({ PATH: '/bin', GIT_TERMINAL_PROMPT: '0' });
    for (const name of ['GIT_DIR', 'GIT_INDEX_FILE', 'EDITOR'])
      expect(config.gitEnvironment).not.toHaveProperty(name);
  });
});

describe('reading the configuration', () => {
  test.each<Variables>([{}, { PORT: 'wrong' }])('writes nothing: %j', async (variables) => {
    const folder = await folderWith('REPOSITORY_NAME=notes\n');
    readConfig(variables, folder);
    expect(await readdir(folder)).toEqual(['.env']);
  });

  test('gives what nobody can change', async () => {
    expect(Object.isFrozen(await configOf({}))).toBe(true);
  });
});
