import { randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { expected } from '../support/api.ts';
import { statusOf } from '../support/clone-state.ts';
import { git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { lineOf } from '../support/journal.ts';
import { eventually } from '../support/wait.ts';

test('what a program has just appended is captured before another branch is checked out, both ways', async () => {
  const { api, folder, troubles } = await startHere();
  const clone = join(folder, 'repos/messages');
  await api.create({ text: 'First' });
  const append = async (name: string, text: string) => {
    const file = join(clone, 'messages/bots', name);
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `${lineOf({ id: randomUUID(), text })}\n`);
  };
  const use = async (branch: string) => {
    expected(await api.send('PATCH', '/repositories/messages', { json: { branch } }), 200);
    expect(await git(clone, 'symbolic-ref', '--short', 'HEAD')).toBe(branch);
  };
  await append('a.jsonl', 'On main');
  await use('topic');
  await append('a.jsonl', 'On the topic');
  await append('b.jsonl', 'On the topic, in a new file');
  await use('main');
  expect(await git(clone, 'show', 'main:messages/bots/a.jsonl')).not.toContain('topic');
  expect(await git(clone, 'show', 'topic:messages/bots/a.jsonl')).toContain('On the topic');
  expect(await git(clone, 'show', 'topic:messages/bots/b.jsonl')).toContain('in a new file');
  await eventually(async () => (await statusOf(clone)).length === 0);
  expect(troubles).toEqual([]);
});
