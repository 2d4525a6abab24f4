import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Api, commitOf } from '../support/api.ts';
import { type EventStream, listen, tellsOf, toldOf } from '../support/events.ts';
import { cloneOf, commitFile, git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { lineOf } from '../support/journal.ts';
import { rounds } from '../support/rounds.ts';
import { eventually } from '../support/wait.ts';

describe('what plain git does in the clone', () => {
  const outside = 'messages/2026-10/by-hand.jsonl';

  async function scene() {
    const own = await startHere();
    const client = own.api;
    const clone = join(own.folder, 'repos', 'messages');
    const first = await client.create({ text: 'First' });
    await client.sync('push');
    await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
    await delay(300);
    const stream = await listen(own.url);
    return { own, api: client, clone, first, stream };
  }

  /** A line in a file of another program, which somebody commits. */
  async function commitLine(clone: string, text: string, file = outside): Promise<string> {
    const id = randomUUID();
    await mkdir(join(clone, 'messages/2026-10'), { recursive: true });
    await commitFile(clone, file, `${lineOf({ id, text })}\n`, text);
    return id;
  }

  /** Judges that a change shows in both places, and is told exactly once. */
  async function judgeShown(
    { api: client, stream }: { api: Api; stream: EventStream },
    id: string,
    change: 'created' | 'deleted',
  ): Promise<void> {
    await stream.until(tellsOf(id, change));
    await eventually(async () => {
      const { status } = await client.get(`/messages/${id}`);
      return status === (change === 'created' ? 200 : 404);
    });
    await delay(rounds(500, 1500));
    expect(
      stream.messages().filter((event) => event.message.id === id && event.change === change),
    ).toHaveLength(1);
  }

  test('a commit is seen', async () => {
    const made = await scene();
    const id = await commitLine(made.clone, 'By hand');
    await judgeShown(made, id, 'created');
    const message = await made.api.message(id);
    expect(message).toMatchObject({ text: 'By hand', author: 'Outside' });
    expect(commitOf(message)).toBe(await git(made.clone, 'rev-parse', 'main'));
    expect(made.stream.messages()).toHaveLength(1);
  });

  test('a pull is seen', async () => {
    const made = await scene();
    const remote = join(made.own.folder, 'data/remotes/messages.git');
    const other = await cloneOf(remote, join(made.own.folder, 'other'));
    const id = await commitLine(other, 'From elsewhere');
    await git(other, 'push', '-q', 'origin', 'main');
    await git(made.clone, 'pull', '-q', '--ff-only', 'origin', 'main');
    await judgeShown(made, id, 'created');
    await eventually(async () => (await made.api.repository()).ahead === 0);
    const { deliveries } = await made.api.message(id);
    expect(deliveries[0]?.state).toBe('pushed');
  });

  test('a merge is seen', async () => {
    const made = await scene();
    await git(made.clone, 'checkout', '-q', '-b', 'side');
    const id = await commitLine(made.clone, 'From the side');
    await delay(1000);
    expect(made.stream.messages()).toEqual([]);
    expect((await made.api.get(`/messages/${id}`)).status).toBe(404);
    await git(made.clone, 'checkout', '-q', 'main');
    const own = await made.api.create({ text: 'Meanwhile' });
    await eventually(async () => (await git(made.clone, 'status', '--porcelain')) === '');
    await git(made.clone, 'merge', '-q', '--no-edit', 'side');
    await judgeShown(made, id, 'created');
    expect(toldOf(made.stream, own.id)).toEqual(['created 1']);
    // The commit that a delivery names is the one that brought the line, not the merge.
    expect(commitOf(await made.api.message(id))).toBe(await git(made.clone, 'rev-parse', 'side'));
  });

  test('a checkout of another branch changes nothing, and captures are on the configured one', async () => {
    const made = await scene();
    await git(made.clone, 'checkout', '-q', '--orphan', 'empty');
    await git(made.clone, 'rm', '-r', '-q', '-f', '.');
    await git(made.clone, 'commit', '-q', '--allow-empty', '-m', 'Empty');
    await delay(1500);
    expect(made.stream.messages()).toEqual([]);
    expect((await made.api.messages()).map(({ id }) => id)).toEqual([made.first.id]);
    const message = await made.api.create({ text: 'On main' });
    expect(await git(made.clone, 'rev-parse', 'main')).toBe(commitOf(message));
    expect(await git(made.clone, 'ls-files')).toBe('');
  });

  test('an older tree that is checked out and committed is seen', async () => {
    const made = await scene();
    const id = await commitLine(made.clone, 'Not for long');
    await made.stream.until(tellsOf(id, 'created'));
    await git(made.clone, 'checkout', '-q', 'HEAD~1', '--', '.');
    await git(made.clone, 'rm', '-q', outside);
    await git(made.clone, 'commit', '-q', '-m', 'Without it');
    await judgeShown(made, id, 'deleted');
    expect((await made.api.messages()).map((message) => message.id)).toEqual([made.first.id]);
  });

  test('a line that a person commits and takes out again at once stays out', async () => {
    const made = await scene();
    for (let n = 0; n < rounds(2, 4); n += 1) {
      const id = await commitLine(made.clone, `Not for long ${n}`);
      await made.stream.until(tellsOf(id, 'created'));
      await git(made.clone, 'rm', '-q', outside);
      await git(made.clone, 'commit', '-q', '-m', 'Without it');
      await made.stream.until(tellsOf(id, 'deleted'));
      expect(await git(made.clone, 'log', '-1', '--format=%an %s')).toBe('Person Without it');
    }
    expect((await made.api.messages()).map(({ id }) => id)).toEqual([made.first.id]);
  });

  test('a reset is seen, and what was captured is kept aside', async () => {
    const made = await scene();
    const message = await made.api.create({ text: 'To be reset' });
    await eventually(async () => (await git(made.clone, 'status', '--porcelain')) === '');
    await git(made.clone, 'reset', '-q', '--hard', 'HEAD~1');
    await judgeShown(made, message.id, 'deleted');
    expect(await made.api.repository()).toMatchObject({
      state: 'rewritten',
      error: { detail: expect.stringMatching(/\S/), action: expect.stringMatching(/\S/) },
    });
    const backups = await git(made.clone, 'for-each-ref', '--format=%(objectname)', 'refs/gitpost/backup/');
    expect(backups.split('\n')).toContain(commitOf(message));
  });

  test('an edit of a line by hand is another message of no one', async () => {
    const made = await scene();
    const id = await commitLine(made.clone, 'One');
    await made.stream.until(tellsOf(id, 'created'));
    const again = `${lineOf({ id, text: 'Changed by hand' })}\n`;
    await commitFile(made.clone, outside, again, 'Changed by hand');
    await made.stream.until(tellsOf(id, 'updated'));
    expect((await made.api.message(id)).text).toBe('Changed by hand');
  });

  test('a broken line is reported with file and line, and spoils nothing', async () => {
    const made = await scene();
    const ids = [randomUUID(), randomUUID()];
    const lines = [
      lineOf({ id: ids[0] as string, text: 'Good' }),
      'no JSON',
      '{"v":2,"id":"from the future"}',
      lineOf({ id: ids[1] as string, text: 'Good, too', unknown: { kept: true } }),
    ];
    await mkdir(join(made.clone, 'messages/2026-10'), { recursive: true });
    await commitFile(made.clone, outside, `${lines.join('\n')}\n`, 'Mixed');
    for (const id of ids) await made.stream.until(tellsOf(id, 'created'));
    const { problems } = await made.api.repository();
    expect(problems.map(({ file, line }) => [file, line])).toEqual([
      [outside, 2],
      [outside, 3],
    ]);
    await made.api.edit(ids[1] as string, { text: 'Edited' });
    const journal = await git(made.clone, 'grep', '-h', '"text":"Edited"', 'main');
    expect(JSON.parse(journal)).toMatchObject({ unknown: { kept: true }, text: 'Edited' });
    expect(await git(made.clone, 'show', `main:${outside}`)).toBe(lines.join('\n'));
  });

  test('what a person leaves uncommitted is reported and left alone', async () => {
    const made = await scene();
    await writeFile(join(made.clone, 'notes.txt'), 'mine\n');
    await mkdir(join(made.clone, 'messages/mine'), { recursive: true });
    await writeFile(join(made.clone, 'messages/mine/notes.txt'), 'mine\n');
    await eventually(async () => {
      const { problems } = await made.api.repository();
      return problems.some(({ file }) => file.startsWith('messages/mine')) && problems;
    });
    expect(await git(made.clone, 'status', '--porcelain', '-uall')).toBe(
      '?? messages/mine/notes.txt\n?? notes.txt',
    );
    expect((await made.api.repository()).state).toBe('ready');
  });
});
