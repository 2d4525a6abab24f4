import { join } from 'node:path';
import { expect } from 'vitest';
import type { Api, Message } from './api.ts';
import { statusOf } from './clone-state.ts';
import { commitFile } from './git.ts';
import { startHere } from './here.ts';
import { type JournalLine, journalLines, linesOfCommit } from './journal.ts';
import { preparedFolder } from './prepared.ts';
import { eventually } from './wait.ts';

export interface Scene {
  folder: string;
  api: Api;
  clone: string;
}

const AUTHOR = { AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org' };

export async function scene(env: Record<string, string | undefined> = {}): Promise<Scene> {
  const own = { ...AUTHOR, ...env };
  const { folder, api } = await startHere({ env: own });
  // A read is answered once the clone is there.
  await api.messages();
  return { folder, api, clone: join(folder, 'repos', 'messages') };
}

/** Prepares scenes in which a person has committed a file of their own beside the messages; for the top of a file. */
export function personsScenes(): () => Promise<Scene & { first: Message }> {
  let first: Message;
  const copy = preparedFolder(async (folder) => {
    const { api, stop } = await startHere({ folder, env: AUTHOR });
    const clone = join(folder, 'repos', 'messages');
    first = await api.create({ text: 'Before all' });
    await clean(clone);
    await commitFile(clone, 'notes.txt', 'one\ntwo\nthree\n', 'Notes');
    await api.message(first.id);
    await clean(clone);
    await stop();
  });
  return async () => {
    const folder = await copy();
    const { api } = await startHere({ folder, env: AUTHOR });
    await api.messages();
    return { folder, api, clone: join(folder, 'repos', 'messages'), first };
  };
}

export const clean = (clone: string) =>
  eventually(async () => {
    expect(await statusOf(clone)).toEqual([]);
    return true;
  });

export async function idsOnMain(clone: string): Promise<string[]> {
  return (await journalLines(clone, 'refs/heads/main')).map(({ value }) => value.id);
}

export const only = async (clone: string, commit: string): Promise<JournalLine> => {
  const lines = await linesOfCommit(clone, commit);
  expect(lines).toHaveLength(1);
  return lines[0] as JournalLine;
};
