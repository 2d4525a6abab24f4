import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyFolders } from '../../src/verify-folders.ts';
import { type Api, expected, type Message } from './api.ts';
import { startHere } from './here.ts';
import { journalPaths } from './journal.ts';
import { preparedFolder } from './prepared.ts';
import { runToExit } from './process.ts';

interface Finding {
  kind: string;
  severity: 'wrong' | 'notice';
  detail: string;
  action: string;
  file?: string;
  line?: number;
  id?: string;
  commit?: string;
}

interface Verification {
  status: 'ok' | 'wrong';
  milliseconds: number;
  repositories: Array<{
    name: string;
    branch: string;
    head: string | null;
    remoteHead: string | null;
    messages: number;
    lines: number;
    commits: number;
    ahead: number;
    behind: number;
    unpushed: number;
    findings: Finding[];
    omitted: number;
  }>;
  mirror: { messages: number; findings: Finding[]; omitted: number };
}

export interface Archive {
  readonly folder: string;
  readonly clone: string;
  readonly remote: string;
  readonly journal: string;
  readonly mirror: string;
}

/** Three pushed messages, one of them edited, and a gitpost that was stopped in order. */
export function sharedArchive() {
  let messages: Message[];

  const copy = preparedFolder(async (folder) => {
    const { api, stop } = await startHere({ folder, env: { AUTHOR_NAME: 'Ann' } });
    messages = [];
    for (const text of ['One', 'Two', 'Three']) messages.push(await api.create({ text }));
    await api.edit((messages[1] as Message).id, { text: 'Two, edited' });
    expect((await api.sync('push')).status).toBe('pushed');
    await stop();
  });

  /** A copy of it, to be damaged. */
  async function archive(): Promise<Archive> {
    const folder = await copy();
    const clone = join(folder, 'repos/messages');
    const remote = join(folder, 'data/remotes/messages.git');
    const [journal = ''] = await journalPaths(clone);
    return { folder, clone, remote, journal, mirror: join(folder, 'data/mirror') };
  }

  return {
    archive,
    messageAt: (index: number) => messages[index] as Message,
    idOf: (index: number) => (messages[index] as Message).id,
  };
}

/** What a verification of the folders says in this process, and each finding as `<severity> <kind>[ <place>]`. */
export async function verify(folder: string) {
  const said = { stdout: '', stderr: '' };
  const variables = { PATH: process.env.PATH, HOME: join(folder, 'home'), GIT_CONFIG_GLOBAL: '/dev/null' };
  const code = await verifyFolders({ ...variables, GIT_CONFIG_NOSYSTEM: '1' }, folder, {
    report: (text) => {
      said.stdout += text;
    },
    error: (text) => {
      said.stderr += text;
    },
  });
  expect(said.stderr).toBe('');
  return { code, stdout: said.stdout, found: findingsIn(said.stdout) };
}

/** As {@link verify}, by the process that `npm run verify` starts. */
export async function verifyProcess(folder: string) {
  const { code, stdout, stderr } = await runToExit({ script: 'verify', folder });
  expect(stderr).toBe('');
  return { code, stdout, found: findingsIn(stdout) };
}

const findingsIn = (report: string): string[] =>
  [...report.matchAll(/^ {2}(wrong|notice) \[([a-z-]+)\](?: (\S+?))?: /gm)]
    .map(([, severity, kind, place]) =>
      [severity, kind, place].filter((part) => part !== undefined).join(' '),
    )
    .sort();

/** As {@link verify}, after a commit by hand: gitpost will read it when it starts, which is no defect. */
export async function verifyMoved(folder: string) {
  const verified = await verify(folder);
  expect(verified.found).toContain('notice mirror-behind');
  return { ...verified, found: verified.found.filter((one) => one !== 'notice mirror-behind') };
}

export async function serve(folder: string, env: Record<string, string> = {}): Promise<Api> {
  return (await startHere({ folder, env: { AUTHOR_NAME: 'Ann', ...env } })).api;
}

export const ask = async (api: Api) => expected<Verification>(await api.get('/verify'), 200);
export const findingsOf = ({ repositories, mirror }: Verification) =>
  [...repositories.flatMap(({ findings }) => findings), ...mirror.findings].map(
    ({ severity, kind }) => `${severity} ${kind}`,
  );

/** Every file of a folder with its bytes and the time of its last change. */
export async function everything(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mtimeMs } = await stat(path);
    files[path] = entry.isFile()
      ? `${mtimeMs} ${createHash('sha256')
          .update(await readFile(path))
          .digest('hex')}`
      : `${mtimeMs}`;
  }
  return files;
}

/** Changes one byte in the middle of a file of the mirror. */
export async function damage(mirror: string): Promise<string> {
  const [name = ''] = (await readdir(mirror)).filter((file) => file.startsWith('shard-'));
  const bytes = await readFile(join(mirror, name));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  await writeFile(join(mirror, name), bytes);
  return name;
}
