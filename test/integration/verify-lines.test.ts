import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitOf, deliveryTo } from '../support/api.ts';
import { ask, findingsOf, sharedArchive, verify, verifyMoved } from '../support/archive.ts';
import { commitFile, git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { lineOf } from '../support/journal.ts';
import { eventually } from '../support/wait.ts';

const { archive, idOf, messageAt } = sharedArchive();

describe('lines', () => {
  test('that cannot be read are wrong in the file of a device', async () => {
    const { folder, clone, journal } = await archive();
    const content = await readFile(join(clone, journal), 'utf8');
    await commitFile(clone, journal, `${content}{"v":1\n`, 'a slip');
    const { code, found } = await verifyMoved(folder);
    expect(found).toEqual([`wrong line-unreadable ${journal}:5`]);
    expect(code).toBe(1);
  });

  test('that cannot be read are a notice in the file of another program, and those of a newer format everywhere', async () => {
    const { folder, clone, journal } = await archive();
    await commitFile(clone, 'messages/bots/a.jsonl', '\n{"v":1\n', 'a bot');
    const content = await readFile(join(clone, journal), 'utf8');
    await commitFile(clone, journal, `${content}{"v":2}\n`, 'a newer one');
    const { code, found } = await verifyMoved(folder);
    expect(found).toEqual([
      `notice line-newer ${journal}:5`,
      'notice line-unreadable messages/bots/a.jsonl:2',
    ]);
    expect(code).toBe(0);
  });

  test('that one device has twice are wrong, and those that two writers have are a notice', async () => {
    const { folder, clone, journal } = await archive();
    const content = await readFile(join(clone, journal), 'utf8');
    const [first = '', second = ''] = content.split('\n');
    await commitFile(clone, journal, `${content}${second}\n`, 'twice');
    await commitFile(clone, 'messages/copy.jsonl', `${first}\n`, 'a copy');
    const { code, found, stdout } = await verifyMoved(folder);
    expect(found).toEqual(['notice line-twice messages/copy.jsonl:1', `wrong line-twice ${journal}:5`]);
    expect(stdout).toContain(`is already in line 2 of ${journal}`);
    expect(code).toBe(1);
  });

  test('that one device wrote to two branches, which were merged, are a notice', async () => {
    const { folder, clone, journal } = await archive();
    const [raw, more, most] = ['On both', 'On main', 'On main, too'].map(
      (text) => `${lineOf({ id: randomUUID(), text })}\n`,
    );
    const content = await readFile(join(clone, journal), 'utf8');
    await git(clone, 'checkout', '--quiet', '-b', 'other');
    await commitFile(clone, journal, `${content}${raw}`, 'on the other branch');
    await git(clone, 'checkout', '--quiet', 'main');
    await commitFile(clone, journal, `${content}${more}${raw}${most}`, 'on main');
    await git(clone, '-c', 'merge.default=union', 'merge', '--quiet', '--no-edit', 'other');
    const { code, found } = await verifyMoved(folder);
    expect(found).toEqual([`notice line-twice ${journal}:8`]);
    expect(code).toBe(0);
  });

  test('of odd files are read as they stand: with a mark at the beginning, CR at their ends, or none', async () => {
    const { folder, clone } = await archive();
    const { api, stop } = await startHere({ folder });
    const raws = [0, 1, 2].map((index) => lineOf({ id: randomUUID(), text: `Odd ${index}` }));
    await commitFile(clone, 'messages/odd.jsonl', `\ufeff${raws[0]}\r\n\n${raws[1]}`, 'odd');
    await commitFile(clone, 'messages/odd.jsonl', `\ufeff${raws[0]}\r\n\n${raws[1]}\n${raws[2]}\n`, 'more');
    await eventually(async () => {
      const odd = (await api.messages()).filter(({ text }) => text.startsWith('Odd'));
      return odd.length === 3 && odd.every((message) => deliveryTo(message).commit !== null);
    });
    expect(findingsOf(await ask(api))).toEqual([]);
    await stop();
    expect(await verify(folder)).toMatchObject({ code: 0, found: [] });
  });

  test('that a person took out by a commit are a notice, with the commit that brought them', async () => {
    const { folder, clone, journal } = await archive();
    const lines = (await readFile(join(clone, journal), 'utf8')).split('\n');
    await commitFile(clone, journal, lines.toSpliced(2, 1).join('\n'), 'take one out');
    const { code, found, stdout } = await verifyMoved(folder);
    expect(found).toEqual(['notice line-gone']);
    const commit = commitOf(messageAt(2)).slice(0, 12);
    expect(stdout).toContain(`(message ${idOf(2)}, commit ${commit})`);
    expect(code).toBe(0);
  });

  test('that a merge lost are wrong', async () => {
    const { folder, clone } = await archive();
    await git(clone, 'checkout', '--quiet', '--detach', 'HEAD~2');
    await commitFile(clone, 'notes.txt', 'mine', 'notes');
    await git(clone, 'merge', '--quiet', '-s', 'ours', '-m', 'mine only', 'main');
    await git(clone, 'checkout', '--quiet', '-B', 'main');
    const { code, found } = await verifyMoved(folder);
    expect(found).toEqual(['wrong line-gone', 'wrong line-gone']);
    expect(code).toBe(1);
  });

  test('that a commit names and never brought are a notice', async () => {
    const { folder, clone, journal } = await archive();
    const content = await readFile(join(clone, journal), 'utf8');
    await writeFile(join(clone, journal), `${content}\n`);
    await git(clone, 'commit', '--quiet', '-a', '-m', `(removed)\n\nMessage-Id: ${randomUUID()}\nDevice: x`);
    expect(await verifyMoved(folder)).toMatchObject({ code: 0, found: ['notice line-gone'] });
  });

  test('in a folder that differs from "messages" in case only are wrong, with the way to bring them back', async () => {
    const { folder, clone, journal } = await archive();
    const astray = journal.replace('messages/', 'Messages/').replace(/([^/]+)$/, 'other-$1');
    await commitFile(clone, astray, `${lineOf({ id: randomUUID(), text: 'Astray' })}\n`, 'earlier');
    const { code, found, stdout } = await verifyMoved(folder);
    const [, year] = journal.split('/');
    expect(found).toEqual([`wrong journal-astray Messages/${year}`]);
    expect(stdout).toContain(`mv Messages/${year} messages/from-Messages`);
    expect(code).toBe(1);
  });

  test('whose parent is nowhere are a notice', async () => {
    const { folder, clone } = await archive();
    const line = lineOf({ id: idOf(0), text: 'x', revision: 2, parents: ['0123456789abcdef'] });
    await commitFile(clone, 'messages/a.jsonl', `${line}\n`, 'a bot');
    expect(await verifyMoved(folder)).toMatchObject({
      code: 0,
      found: ['notice parent-missing messages/a.jsonl:1'],
    });
  });

  test('by the thousand that cannot be read are counted, and some of them listed', async () => {
    const { folder, clone } = await archive();
    await commitFile(clone, 'messages/a.jsonl', 'no\n'.repeat(2000), 'a bot');
    const { found, stdout } = await verifyMoved(folder);
    expect(found).toHaveLength(50);
    expect(stdout).toContain('… and 1950 more');
  });
});
