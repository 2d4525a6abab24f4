import { access, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SyncResult } from '../../src/contract/repository.ts';
import { bareRepository, cloneOf, commitFile, git } from './git.ts';
import { journalLines } from './journal.ts';
import { idOf, lineOf, timeAt } from './lines.ts';
import type { Managed } from './manager.ts';

export const lineNumber = (number: number) =>
  lineOf({ id: idOf(number), text: `message ${number}`, createdAt: timeAt(number * 1000) });

const only = (results: readonly SyncResult[]): SyncResult => {
  expect(results).toHaveLength(1);
  return results[0] as SyncResult;
};
export const push = async ({ manager }: Managed) => only(await manager.push([manager.primary]));
export const pull = async ({ manager }: Managed) => only(await manager.pull([manager.primary]));
export const statusOf = ({ manager }: Managed, name = manager.primary) => manager.find(name)?.status();
export const textsOf = async (managed: Managed) =>
  (await managed.entries()).map(({ folded }) => folded.current.text);
export const rawsIn = async (clone: string, branch = 'main') =>
  (await journalLines(clone, branch)).map(({ raw }) => raw);
export const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** A remote that holds more than messages: files of several kinds, on a branch of another name. */
export async function otherRemote(folder: string, branch = 'trunk'): Promise<string> {
  const remote = await bareRepository(join(folder, 'remote.git'), branch);
  const work = await cloneOf(remote, join(folder, 'work'));
  await git(work, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`);
  await commitFile(work, 'README.md', '# Notes\r\n', 'a readme');
  await symlink('README.md', join(work, 'link'));
  await writeFile(join(work, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(work, '.gitattributes'), '* text=auto eol=crlf\n*.jsonl filter=lfs\n');
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '-m', 'files');
  await git(work, 'push', '--quiet', 'origin', branch);
  return remote;
}

export const restOf = async (repository: string, revision: string) =>
  (await git(repository, 'ls-tree', '-r', revision))
    .split('\n')
    .filter((line) => !line.includes('\tmessages/'));
