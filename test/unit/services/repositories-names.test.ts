import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bareRepository, cloneOf, commitFile, git, gitEnvironment } from '../../support/git.ts';
import { linesOfCommit } from '../../support/journal.ts';
import { idOf, lineOf, timeAt } from '../../support/lines.ts';
import { type Managed, startManager } from '../../support/manager.ts';
import { pull, push, statusOf, textsOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const shortLine = (number: number) => lineOf({ id: idOf(number), text: `message ${number}` });

/** A line that takes more than half of a segment, so that each one begins another. */
const longLine = (number: number) =>
  lineOf({
    id: idOf(number),
    text: `message ${number} ${'x'.repeat(9000)}`,
    createdAt: timeAt(number * 1000),
  });

interface Scene {
  readonly folder: string;
  readonly remote: string;
  /** Another clone of the same remote. */
  readonly elsewhere: string;
  readonly managed: Managed;
}

async function scene(): Promise<Scene> {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const managed = await startManager(folder, [remote]);
  await managed.add(longLine(0));
  await push(managed);
  const elsewhere = await cloneOf(remote, join(folder, 'elsewhere'));
  return { folder, remote, elsewhere, managed };
}

const deviceOf = (managed: Managed) => git(managed.clone(), 'config', 'gitpost.device');

/** The path of a journal of the day that all lines here are of. */
const named = (device: string, ending: string) => `messages/2026-11/${device}${ending}`;

/** Everything that was captured is on the branch, once, and each commit did nothing but append it. */
async function expectAll(managed: Managed, commits: readonly string[], count: number): Promise<void> {
  const expected = Array.from({ length: count }, (_, number) => `message ${number}`).sort();
  const said = await git(managed.clone(), 'grep', '-h', '-o', 'message [0-9]*', 'main', '--', 'messages');
  expect(said.split('\n').sort()).toEqual(expected);
  expect((await textsOf(managed)).map((text) => text.replace(/ x+$/, '')).sort()).toEqual(expected);
  for (const commit of commits) expect(await linesOfCommit(managed.clone(), commit)).toHaveLength(1);
}

async function capture(managed: Managed, from: number, to: number): Promise<string[]> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  return Promise.all(numbers.map((number) => managed.add(longLine(number))));
}

/** Commits whatever `make` puts to a path of another clone, and pushes it. */
async function pushed(
  { elsewhere }: Scene,
  path: string,
  make: (file: string) => Promise<unknown>,
): Promise<void> {
  const file = join(elsewhere, path);
  await mkdir(dirname(file), { recursive: true });
  await make(file);
  await git(elsewhere, 'add', '--all');
  await git(elsewhere, 'commit', '--quiet', '-m', 'odd');
  await git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main');
}

const ODD_NAMES = ['.2026-11-22.9007199254740992.jsonl', '.2026-11-22.999999.jsonl', '.2026-11-22.2.jsonl'];

describe('a file that somebody else names after this device', () => {
  test.each([...ODD_NAMES, '.2026-11-22.01.jsonl', '.2026-11-22.2', '.jsonl'])(
    'takes no message away, and the device takes another id: %s',
    async (ending) => {
      const made = await scene();
      const { managed } = made;
      const device = await deviceOf(managed);
      await pushed(made, named(device, ending), (file) => writeFile(file, '\n'));
      await pull(managed);
      expect(await deviceOf(managed)).not.toBe(device);
      await expectAll(managed, await capture(managed, 1, 5), 5);
      expect(statusOf(managed)?.state).toBe('ready');
    },
  );

  test.each(ODD_NAMES)('takes no message away if a person commits it in the clone: %s', async (ending) => {
    const { managed } = await scene();
    const device = await deviceOf(managed);
    await commitFile(managed.clone(), named(device, ending), '\n', 'odd');
    await managed.manager.find('shared')?.refresh();
    const commits = await capture(managed, 1, 5);
    // After this the branch is read again.
    await commitFile(managed.clone(), 'own.txt', 'own', 'own');
    await managed.manager.find('shared')?.refresh();
    commits.push(...(await capture(managed, 5, 8)));
    await expectAll(managed, commits, 8);
  });

  test('in upper case counts as its own name, since some disks see no difference', async () => {
    const made = await scene();
    const device = await deviceOf(made.managed);
    const path = named(device.toUpperCase(), '.2026-11-22.jsonl');
    await pushed(made, path, (file) => writeFile(file, '\n'));
    await pull(made.managed);
    expect(await deviceOf(made.managed)).not.toBe(device);
    await expectAll(made.managed, await capture(made.managed, 1, 5), 5);
  });

  test('has no effect if it is of another device that begins alike', async () => {
    const made = await scene();
    const device = await deviceOf(made.managed);
    await pushed(made, named(`${device}x`, '.2026-11-22.jsonl'), (file) => writeFile(file, '\n'));
    await pull(made.managed);
    expect(await deviceOf(made.managed)).toBe(device);
  });
});

const OTHER_THINGS: readonly (readonly [string, (file: string) => Promise<unknown>])[] = [
  ['a folder', (file) => mkdir(file).then(() => writeFile(join(file, 'inside.jsonl'), '\n'))],
  ['a link', (file) => symlink('../../../README.md', file)],
  [
    'a submodule',
    async (file) => {
      await git(dirname(file), 'init', '--quiet', file);
      await commitFile(file, 'a', 'a', 'a');
    },
  ],
  ['an executable file', (file) => writeFile(file, '\n', { mode: 0o755 })],
];

describe('something else than a file that has the name of the next segment', () => {
  test.each(OTHER_THINGS)('is left alone if it comes from the remote: %s', async (_, make) => {
    const made = await scene();
    const { managed } = made;
    const device = await deviceOf(managed);
    await pushed(made, named(device, '.2026-11-22.2.jsonl'), make);
    await pull(managed);
    expect(await deviceOf(managed)).not.toBe(device);
    await expectAll(managed, await capture(managed, 1, 4), 4);
  });

  test.each(OTHER_THINGS)('is left alone if a person commits it: %s', async (_, make) => {
    const { managed } = await scene();
    const clone = managed.clone();
    const path = named(await deviceOf(managed), '.2026-11-22.2.jsonl');
    // The work tree follows a moment later, and may not have the folder yet.
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await make(join(clone, path));
    await git(clone, 'add', '--', path);
    await git(clone, 'commit', '--quiet', '-m', 'odd', '--', path);
    const before = await git(clone, 'ls-tree', 'HEAD', '--', path);
    await managed.manager.find('shared')?.refresh();
    await expectAll(managed, await capture(managed, 1, 4), 4);
    // Into an ordinary file lines go, whatever its mode was.
    if (!before.startsWith('100')) expect(await git(clone, 'ls-tree', 'main', '--', path)).toBe(before);
  });
});

describe('a journal of this device that somebody changed', () => {
  test('by cutting it short is appended to as it is', async () => {
    const { managed } = await scene();
    const path = named(await deviceOf(managed), '.2026-11-22.jsonl');
    const clone = managed.clone();
    await git(clone, 'reset', '--quiet', '--hard');
    await commitFile(clone, path, `${shortLine(0).raw}\n{"v":1,"id`, 'cut');
    await managed.manager.find('shared')?.refresh();
    await managed.add(shortLine(1));
    const content = await git(clone, 'show', `main:${path}`);
    expect(content).toBe(`${shortLine(0).raw}\n{"v":1,"id\n${shortLine(1).raw}`);
  });

  test('by putting its lines in another order is appended to as it is', async () => {
    const made = await scene();
    const { managed, elsewhere } = made;
    for (const number of [1, 2, 3]) await managed.add(shortLine(number));
    await push(managed);
    await git(elsewhere, 'pull', '--quiet', 'origin', 'main');
    const path = named(await deviceOf(managed), '.2026-11-22.jsonl');
    const turned = [3, 1, 2].map((number) => `${shortLine(number).raw}\n`).join('');
    await commitFile(elsewhere, path, `${turned}${longLine(0).raw}\n`, 'turned');
    await git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main');
    const commits = [await managed.add(shortLine(4))];
    await pull(managed);
    commits.push(await managed.add(shortLine(5)));
    await expectAll(managed, commits, 6);
  });
});

describe('a folder whose name differs from "messages" in case only, in a clone that sees no difference', () => {
  async function twinScene(): Promise<Scene & { clone: string }> {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'shared.git'));
    const elsewhere = await cloneOf(remote, join(folder, 'elsewhere'));
    await commitFile(elsewhere, 'Messages/notes.md', 'mine', 'a folder of mine');
    await git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main');
    const managed = await startManager(folder, [remote]);
    const clone = managed.clone();
    // As `git init` does on such a disk.
    await git(clone, 'config', 'core.ignorecase', 'true');
    await managed.add(longLine(0));
    await push(managed);
    return { folder, remote, elsewhere, managed, clone };
  }

  test('takes in no message, and is left alone by captures, merges and the work tree', async () => {
    const made = await twinScene();
    const { managed, clone, elsewhere } = made;
    const commits = await capture(managed, 1, 3);
    // A person's change and another device's message make the next pull a merge.
    await git(elsewhere, 'pull', '--quiet', 'origin', 'main');
    const other = `${longLine(3).raw}\n`;
    await pushed(made, 'messages/2026-11/other-a1b2c3.2026-11-22.jsonl', (file) => writeFile(file, other));
    await pushed(made, 'Messages/notes.md', (file) => writeFile(file, 'changed'));
    await push(managed);
    commits.push(await managed.add(longLine(4)));
    await push(managed);
    await expectAll(managed, commits, 5);
    const folders = await git(clone, 'ls-tree', '-r', '--name-only', 'main', '--', 'Messages');
    expect(folders).toBe('Messages/notes.md');
    expect(await git(clone, 'show', 'main:Messages/notes.md')).toBe('changed');
    await managed.manager.find('shared')?.refreshDetails();
    expect(await git(clone, '-c', 'core.ignorecase=false', 'status', '--porcelain')).toBe('');
    expect(statusOf(managed)?.problems).toEqual([]);
    expect(await git(clone, 'ls-files')).toBe(await git(clone, 'ls-tree', '-r', '--name-only', 'main'));
    expect(managed.troubles).toEqual([]);
  });

  test('is reported if messages are in it, and what the report says brings them back', async () => {
    const made = await scene();
    const { managed } = made;
    const clone = managed.clone();
    const path = 'Messages/2026-11/other-a1b2c3.2026-11-22.jsonl';
    await commitFile(clone, path, `${longLine(1).raw}\n`, 'an earlier version');
    const repository = managed.manager.find('shared');
    await repository?.refresh();
    await repository?.refreshDetails();
    const [problem, ...more] = statusOf(managed)?.problems ?? [];
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ file: 'Messages/2026-11', line: null });
    const command = /(mkdir -p .*)$/.exec(problem?.reason ?? '')?.[1] ?? '';
    await promisify(execFile)('sh', ['-ec', command], { cwd: clone, env: gitEnvironment() });
    await repository?.refresh();
    await repository?.refreshDetails();
    expect(statusOf(managed)?.problems).toEqual([]);
    await expectAll(managed, [], 2);
  });
});

test('a journal of another program whose name is not UTF-8 is reported, and read once it is committed', async () => {
  const { managed } = await scene();
  const clone = managed.clone();
  const name = Buffer.concat([
    Buffer.from(join(clone, 'messages/caf')),
    Buffer.from([0xe9]),
    Buffer.from('.jsonl'),
  ]);
  // The work tree may not have followed yet.
  await mkdir(join(clone, 'messages'), { recursive: true });
  await writeFile(name, `${longLine(1).raw}\n`);
  const repository = managed.manager.find('shared');
  await repository?.refreshDetails();
  expect(statusOf(managed)?.problems).toMatchObject([{ reason: expect.stringMatching(/not UTF-8/) }]);
  await git(clone, 'add', 'messages');
  await git(clone, 'commit', '--quiet', '-m', 'a name in Latin-1');
  await repository?.refresh();
  await repository?.refreshDetails();
  expect(statusOf(managed)?.problems).toEqual([]);
  await expectAll(managed, [await managed.add(longLine(2))], 3);
});
