import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../support/api.ts';
import { gitEnvironment } from '../support/git.ts';
import { type ScratchFolder, scratchFolder } from '../support/scratch.ts';
import { eventually } from '../support/wait.ts';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The package as npm makes it, installed in an empty folder by a person with an empty home. */
let scratch: ScratchFolder;
let folder: string;
let environment: NodeJS.ProcessEnv;
let server: ChildProcess | undefined;

beforeAll(async () => {
  scratch = await scratchFolder();
  folder = join(scratch.path, 'empty');
  const home = join(scratch.path, 'home');
  for (const path of [folder, home]) await mkdir(path);
  const { PATH } = gitEnvironment();
  environment = { PATH, HOME: home, PORT: '0', BROWSER: join(scratch.path, 'browser') };
  await writeFile(
    join(scratch.path, 'browser'),
    `#!/bin/sh\necho "$1" > "${join(scratch.path, 'opened')}"\n`,
    { mode: 0o755 },
  );
  // It is built already, and building again would take the files away from other tests.
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', scratch.path];
  const { stdout } = await npm(pack, root);
  // Nothing is asked of a registry, since the package needs nothing else.
  await npm(['install', '--offline', '--no-audit', '--no-fund', join(scratch.path, stdout.trim())], folder);
}, 120_000);

afterAll(async () => {
  server?.kill('SIGKILL');
  await scratch.remove();
});

const npm = (args: readonly string[], cwd: string) =>
  execute('npm', args, { cwd, env: environment, shell: process.platform === 'win32' });

const command = (): string => join(folder, 'node_modules', '.bin', 'gitpost');

async function run(...args: string[]): Promise<string> {
  const { stdout } = await execute(command(), args, { cwd: folder, env: environment });
  return stdout;
}

const agentOptions = () => ({
  env: environment as Record<string, string>,
  cwd: folder,
  stderr: 'ignore' as const,
});

async function withAgent(transport: StdioClientTransport | StreamableHTTPClientTransport) {
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport);
  try {
    const { tools } = await client.listTools();
    const call = { name: 'search_messages', arguments: { q: 'while' } };
    const { structuredContent: found } = (await client.callTool(call)) as { structuredContent?: unknown };
    return { tools: tools.map(({ name }) => name), found };
  } finally {
    await client.close();
  }
}

test('holds built files and docs only, and needs no other package', async () => {
  const installed = join(folder, 'node_modules', 'gitpost');
  expect((await readdir(join(folder, 'node_modules'))).sort()).toEqual([
    '.bin',
    '.package-lock.json',
    'gitpost',
  ]);
  const files = await readdir(installed, { recursive: true });
  expect(
    files.filter((file) => /\.map$|\.tsx?$|(^|[\\/])(src|test|scripts|node_modules)[\\/]/.test(file)),
  ).toEqual([]);
  for (const file of [
    'LICENSE',
    'README.md',
    'dist/licences.txt',
    'docs/gitpost.1',
    'public/service-worker.js',
  ])
    expect(files.map((name) => name.replaceAll('\\', '/'))).toContain(file);
  const {
    scripts = {},
    dependencies = {},
    man,
  } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    scripts?: Record<string, string>;
    dependencies?: Record<string, string>;
    man?: unknown;
  };
  // npm links the pages of a list only.
  expect(man).toEqual(['./docs/gitpost.1']);
  expect(dependencies).toEqual({});
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(scripts).not.toHaveProperty(name);
});

test.runIf(process.platform !== 'win32')('captures, finds, pushes, serves the page and stops', async () => {
  const id = (await run('add', 'hello')).trim();
  const found = JSON.parse(await run('search', 'hello', '--json')) as Message[];
  expect(found.map((message) => message.id)).toEqual([id]);
  expect(await run('push')).toMatch(/^messages {2}pushed {2}1 pushed/);
  expect(await readdir(folder)).not.toContain('repos');

  server = spawn(command(), ['serve', '--open'], { cwd: folder, env: environment });
  let stdout = '';
  server.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const url = await eventually(async () => /^gitpost is at (\S+)$/m.exec(stdout)?.[1], 30_000);
  const opened = () => readFile(join(scratch.path, 'opened'), 'utf8').catch(() => '');
  expect(await eventually(async () => (await opened()).trim() || undefined)).toBe(url);
  const page = await (await fetch(url)).text();
  const assets = [...page.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path = '']) => path);
  expect(assets.length).toBeGreaterThan(1);
  for (const path of assets) expect((await fetch(new URL(path, url))).status).toBe(200);
  expect(await run('add', 'while it runs')).toMatch(/^[0-9a-f-]{36}\n$/);
  const messages = (await (await fetch(new URL('messages', url))).json()) as Message[];
  expect(messages.map(({ text }) => text)).toEqual(['while it runs', 'hello']);

  // An agent finds what the command has written, over both ways.
  const { tools } = await withAgent(
    new StdioClientTransport({ command: command(), args: ['mcp'], ...agentOptions() }),
  );
  expect(tools).toContain('search_messages');
  const { found: overHttp } = await withAgent(new StreamableHTTPClientTransport(new URL('mcp', url)));
  expect(overHttp).toMatchObject({ messages: [{ text: 'while it runs' }] });

  server.kill('SIGTERM');
  expect(await once(server, 'exit')).toEqual([0, null]);
  const { found: overStdio } = await withAgent(
    new StdioClientTransport({ command: command(), args: ['mcp'], ...agentOptions() }),
  );
  expect(overStdio).toMatchObject({ messages: [{ text: 'while it runs' }] });
  expect(await run('verify')).toMatch(/ok: nothing is wrong/);
});
