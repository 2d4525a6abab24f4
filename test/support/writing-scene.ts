import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Api, Message } from './api.ts';
import { statusOf } from './clone-state.ts';
import { commitFile } from './git.ts';
import { startHere } from './here.ts';
import { type JournalLine, journalLines, linesOfCommit } from './journal.ts';
import { eventually } from './wait.ts';

export interface Scene {
  folder: string;
  api: Api;
  clone: string;
}

export async function scene(env: Record<string, string | undefined> = {}): Promise<Scene> {
  const own = { AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org', ...env };
  const { folder, api } = await startHere({ env: own });
  // A read is answered once the clone is there.
  await api.messages();
  return { folder, api, clone: join(folder, 'repos', 'messages') };
}

/** A scene in which a person has committed a file of their own beside the messages. */
export async function personsScene(): Promise<Scene & { first: Message }> {
  const made = await scene();
  const first = await made.api.create({ text: 'Before all' });
  await clean(made.clone);
  await commitFile(made.clone, 'notes.txt', 'one\ntwo\nthree\n', 'Notes');
  await made.api.message(first.id);
  await delay(300);
  await clean(made.clone);
  return { ...made, first };
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
