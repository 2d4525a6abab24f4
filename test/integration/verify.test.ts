import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { VerifiedFile } from '../../src/mirror/files/verified-file.ts';
import { type Api, apiAt, commitOf, deliveryTo, expected, type Message, problemOf } from '../support/api.ts';
import { statusOf } from '../support/clone-state.ts';
import { bareRepository, cloneOf, commitFile, git } from '../support/git.ts';
import { journalPaths, lineOf } from '../support/journal.ts';
import { runToExit, startProcess } from '../support/process.ts';
import { type ScratchFolder, scratchFolder, temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

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

let original: ScratchFolder;
let messages: Message[];

/** Three pushed messages, one of them edited, and a gitpost that was stopped in order. */
beforeAll(async () => {
  original = await scratchFolder();
  const gitpost = await startProcess({ folder: original.path, env: { AUTHOR_NAME: 'Ann' } });
  const api = apiAt(gitpost.url);
  messages = [];
  for (const text of ['One', 'Two', 'Three']) messages.push(await api.create({ text }));
  await api.edit((messages[1] as Message).id, { text: 'Two, edited' });
  expect((await api.sync('push')).status).toBe('pushed');
  await gitpost.stop();
});

afterAll(() => original.remove());

/** A copy of it, to be damaged. */
async function archive() {
  const folder = await temporaryFolder();
  for (const name of ['repos', 'data']) {
    await cp(join(original.path, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  }
  const clone = join(folder, 'repos/messages');
  const remote = join(folder, 'data/remotes/messages.git');
  await git(clone, 'config', 'remote.origin.url', remote);
  await git(clone, 'status');
  const [journal = ''] = await journalPaths(clone);
  return { folder, clone, remote, journal, mirror: join(folder, 'data/mirror') };
}

/** What `npm run verify` says, and each finding as `<severity> <kind>[ <place>]`. */
async function verify(folder: string, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await runToExit({ script: 'verify', folder, env });
  expect(stderr).toBe('');
  const found = [...stdout.matchAll(/^ {2}(wrong|notice) \[([a-z-]+)\](?: (\S+?))?: /gm)].map(
    ([, severity, kind, place]) => [severity, kind, place].filter((part) => part !== undefined).join(' '),
  );
  return { code, stdout, found: found.sort() };
}

/** As {@link verify}, after a commit by hand: gitpost will read it when it starts, which is no defect. */
async function verifyMoved(folder: string) {
  const verified = await verify(folder);
  expect(verified.found).toContain('notice mirror-behind');
  return { ...verified, found: verified.found.filter((one) => one !== 'notice mirror-behind') };
}

/** Every file of a folder with its bytes and the time of its last change. */
async function everything(folder: string): Promise<Record<string, string>> {
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

async function serve(folder: string, env: Record<string, string> = {}): Promise<Api> {
  const gitpost = await startProcess({ folder, env: { AUTHOR_NAME: 'Ann', ...env } });
  return apiAt(gitpost.url);
}

const ask = async (api: Api) => expected<Verification>(await api.get('/verify'), 200);
const findingsOf = ({ repositories, mirror }: Verification) =>
  [...repositories.flatMap(({ findings }) => findings), ...mirror.findings].map(
    ({ severity, kind }) => `${severity} ${kind}`,
  );
const idOf = (index: number) => (messages[index] as Message).id;

describe('an archive that is as it should be', () => {
  test('is said to be ok, with its numbers, and exit code 0', async () => {
    const { folder } = await archive();
    const { code, stdout, found } = await verify(folder);
    expect(found).toEqual([]);
    expect(stdout).toMatch(
      /^messages \(main, at [0-9a-f]{12}\): 3 messages, 4 lines, 4 journal commits; 0 ahead of the remote, 0 behind, 0 messages not pushed$/m,
    );
    expect(stdout).toMatch(/^mirror: 3 messages$/m);
    expect(code).toBe(0);
  });

  test('has no byte changed by it, nor has a damaged one', async () => {
    const { folder, clone, journal, mirror } = await archive();
    // An index that git would like to refresh, an object that is broken, and a mirror that is damaged.
    await utimes(join(clone, journal), new Date(), new Date(Date.now() - 100_000));
    const before = await everything(folder);
    expect((await verify(folder)).found).toEqual([]);
    expect(await everything(folder)).toEqual({ ...before, ...(await home(folder)) });
    await damage(mirror);
    await commitFile(clone, journal, 'no line\n', 'a person');
    const damaged = await everything(folder);
    expect((await verify(folder)).code).toBe(1);
    expect(await everything(folder)).toEqual({ ...damaged, ...(await home(folder)) });
  });

  /** The home folder that a test gives to the process. */
  async function home(folder: string): Promise<Record<string, string>> {
    return { [join(folder, 'home')]: `${(await stat(join(folder, 'home'))).mtimeMs}` };
  }

  test('counts what is not pushed, which is no defect', async () => {
    const { folder } = await archive();
    const gitpost = await startProcess({ folder });
    await apiAt(gitpost.url).edit(idOf(0), { text: 'One, edited' });
    await apiAt(gitpost.url).edit(idOf(0), { text: 'One, edited again' });
    await gitpost.stop();
    const { code, stdout, found } = await verify(folder);
    expect(found).toEqual([]);
    expect(stdout).toMatch(
      /3 messages, 6 lines, 6 journal commits; 2 ahead of the remote, 0 behind, 1 message not/,
    );
    expect(code).toBe(0);
  });
});

describe('where there is nothing yet', () => {
  test('nothing is made, and nothing is wrong', async () => {
    const folder = await temporaryFolder();
    const { code, found } = await verify(folder);
    expect(found).toEqual(['notice clone-missing', 'notice mirror-absent']);
    expect(code).toBe(0);
    expect(await readdir(folder)).toEqual(['home']);
  });

  test('a folder in the place of the clone that is none is wrong', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'repos/messages'), { recursive: true });
    await writeFile(join(folder, 'repos/messages/notes.txt'), 'mine');
    expect(await verify(folder)).toMatchObject({
      code: 1,
      found: ['notice mirror-absent', 'wrong clone-missing'],
    });
  });

  test('a wrong value is told, and the exit code is 2', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.env'), 'PORT=none\n');
    const { code, stdout, stderr } = await runToExit({ script: 'verify', folder, env: { PORT: undefined } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^gitpost: PORT must be/);
  });
});

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
    expect(stdout).toContain(`stands in line 2 of ${journal} already`);
    expect(code).toBe(1);
  });

  test('of odd files are read as they stand: with a mark at the beginning, CR at their ends, or none', async () => {
    const { folder, clone } = await archive();
    const gitpost = await startProcess({ folder });
    const api = apiAt(gitpost.url);
    const raws = [0, 1, 2].map((index) => lineOf({ id: randomUUID(), text: `Odd ${index}` }));
    await commitFile(clone, 'messages/odd.jsonl', `\ufeff${raws[0]}\r\n\n${raws[1]}`, 'odd');
    await commitFile(clone, 'messages/odd.jsonl', `\ufeff${raws[0]}\r\n\n${raws[1]}\n${raws[2]}\n`, 'more');
    await eventually(async () => {
      const odd = (await api.messages()).filter(({ text }) => text.startsWith('Odd'));
      return odd.length === 3 && odd.every((message) => deliveryTo(message).commit !== null);
    });
    expect(findingsOf(await ask(api))).toEqual([]);
    await gitpost.stop();
    expect(await verify(folder)).toMatchObject({ code: 0, found: [] });
  });

  test('that a person took out by a commit are a notice, with the commit that brought them', async () => {
    const { folder, clone, journal } = await archive();
    const lines = (await readFile(join(clone, journal), 'utf8')).split('\n');
    await commitFile(clone, journal, lines.toSpliced(2, 1).join('\n'), 'take one out');
    const { code, found, stdout } = await verifyMoved(folder);
    expect(found).toEqual(['notice line-gone']);
    const commit = commitOf(messages[2] as Message).slice(0, 12);
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

/** Changes one byte in the middle of a file of the mirror. */
async function damage(mirror: string): Promise<string> {
  const [name = ''] = (await readdir(mirror)).filter((file) => file.startsWith('shard-'));
  const bytes = await readFile(join(mirror, name));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  await writeFile(join(mirror, name), bytes);
  return name;
}

type Stored = Array<
  [id: string, time: number, lines: Array<[raw: string, commits: Record<string, string | null>]>]
>;

/** Writes a file of the mirror anew, with checksums that fit. */
async function rewrite<Data>(mirror: string, prefix: string, change: (data: Data) => void): Promise<void> {
  const [name = ''] = (await readdir(mirror)).filter((file) => file.startsWith(prefix));
  const file = new VerifiedFile<Data>(join(mirror, name));
  const data = (await file.read()) as Data;
  change(data);
  await file.write(data);
}

describe('the mirror', () => {
  test('that is damaged is wrong, with the file', async () => {
    const { folder, mirror } = await archive();
    const name = await damage(mirror);
    expect(await verify(folder)).toMatchObject({ code: 1, found: [`wrong mirror-damaged ${name}`] });
  });

  test.each(['state.json', 'ids-'])('that lacks the whole of %s is wrong', async (prefix) => {
    const { folder, mirror } = await archive();
    const [name = ''] = (await readdir(mirror)).filter((file) => file.startsWith(prefix));
    await writeFile(join(mirror, name), '');
    expect(await verify(folder)).toMatchObject({ code: 1, found: [`wrong mirror-damaged ${name}`] });
  });

  test('that is not there is a notice', async () => {
    const { folder, mirror } = await archive();
    await rm(mirror, { recursive: true });
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice mirror-absent'] });
  });

  test('that lacks a line is wrong, and so is its count', async () => {
    const { folder, mirror, journal } = await archive();
    await rewrite<Stored>(mirror, 'shard-', (data) => void data.pop());
    const { code, found } = await verify(folder);
    expect(found).toEqual([`wrong mirror-count`, `wrong mirror-lacks ${journal}:3`]);
    expect(code).toBe(1);
  });

  test('that has a line more is wrong', async () => {
    const { folder, mirror } = await archive();
    const raw = lineOf({ id: idOf(0), text: 'More', revision: 2 });
    await rewrite<Stored>(mirror, 'shard-', (data) => void data[0]?.[2].push([raw, { messages: null }]));
    expect(await verify(folder)).toMatchObject({ code: 1, found: ['wrong mirror-extra'] });
  });

  test.each([
    ['is not there', () => '1'.repeat(40)],
    ['did not bring this line', (clone: string) => git(clone, 'rev-parse', 'HEAD')],
    ['is not on the branch', (clone: string) => git(clone, 'commit-tree', 'HEAD^{tree}', '-m', 'elsewhere')],
  ])('whose commit %s is wrong', async (words, choose) => {
    const { folder, clone, mirror, journal } = await archive();
    const commit = await choose(clone);
    await rewrite<Stored>(mirror, 'shard-', ([first]) => {
      const line = first?.[2][0];
      if (line) line[1] = { messages: commit };
    });
    const { code, found, stdout } = await verify(folder);
    expect(found).toEqual([`wrong mirror-commit ${journal}:1`]);
    expect(stdout).toContain(words);
    expect(code).toBe(1);
  });

  test.each([
    [
      'a commit on top',
      (clone: string) =>
        commitFile(clone, 'messages/a.jsonl', `${lineOf({ id: randomUUID(), text: 'New' })}\n`, 'a bot'),
    ],
    ['an amended commit', (clone: string) => git(clone, 'commit', '--quiet', '--amend', '-m', 'another')],
    ['a reset', (clone: string) => git(clone, 'reset', '--quiet', '--hard', 'HEAD~3')],
  ])('that is behind a stopped gitpost by %s is a notice', async (_, move) => {
    const { folder, clone } = await archive();
    await move(clone);
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice mirror-behind'] });
  });
});

describe('the clone', () => {
  test('with a broken object is wrong, and nothing else is said of it', async () => {
    const { folder, clone } = await archive();
    const packs = join(clone, '.git/objects/pack');
    for (const name of (await readdir(packs)).filter((file) => file.endsWith('.pack')).slice(0, 1)) {
      const bytes = await readFile(join(packs, name));
      await chmod(join(packs, name), 0o600);
      bytes.fill(0, bytes.length >> 1, bytes.length - 20);
      await writeFile(join(packs, name), bytes);
    }
    const { code, found } = await verify(folder);
    expect([...new Set(found)]).toEqual(['wrong clone-broken']);
    expect(code).toBe(1);
  });

  test.each(['index.lock', 'HEAD.lock', 'refs/heads/main.lock', 'objects/maintenance.lock', 'gc.pid'])(
    'with a %s that was left is wrong, and with a young one a notice',
    async (name) => {
      const { folder, clone } = await archive();
      const lock = join(clone, '.git', name);
      await writeFile(lock, '');
      expect(await verify(folder)).toMatchObject({ code: 0, found: [`notice lock-left .git/${name}`] });
      await utimes(lock, new Date(), new Date(Date.now() - 120_000));
      expect(await verify(folder)).toMatchObject({ code: 1, found: [`wrong lock-left .git/${name}`] });
    },
  );

  test('with content that git has doubts about is checked like any other, with a notice', async () => {
    const { folder, clone } = await archive();
    const person = await cloneOf(join(folder, 'data/remotes/messages.git'), join(folder, 'person'));
    await commitFile(person, '.gitmodules', '[submodule "x"]\n\tpath = -x\n\turl = -u\n', 'A submodule');
    // A commit that git itself would not write.
    const commit = [
      `tree ${await git(person, 'rev-parse', 'HEAD^{tree}')}`,
      `parent ${await git(person, 'rev-parse', 'HEAD')}`,
      'author Eve <eve@example.org> 1700000000 +51800000',
      'committer Eve <eve@example.org> 1700000000 +0000',
      '',
      'Odd',
      '',
    ];
    await writeFile(join(folder, 'commit'), commit.join('\n'));
    const odd = await git(person, 'hash-object', '-t', 'commit', '-w', '--literally', join(folder, 'commit'));
    await git(person, 'merge', '--quiet', '-s', 'ours', '--no-ff', '-m', 'Take it in', odd);
    await git(person, 'push', '--quiet', 'origin', 'main');
    await git(clone, 'fetch', '--quiet', 'origin', 'main');
    await git(clone, 'merge', '--quiet', '--ff-only', 'FETCH_HEAD');
    await expect(git(clone, 'fsck')).rejects.toThrow('gitmodulesPath');

    const { code, found, stdout } = await verifyMoved(folder);
    expect(code).toBe(0);
    expect([...new Set(found)]).toEqual(['notice object-unusual']);
    for (const rule of ['gitmodulesPath', 'gitmodulesUrl', 'badTimezone']) expect(stdout).toContain(rule);
    expect(stdout).toMatch(/3 messages/);
  });

  test("with changes of a person's is a notice, and one whose own file is not as the branch has it", async () => {
    const { folder, clone, journal } = await archive();
    await writeFile(join(clone, 'notes.txt'), 'mine');
    await appendFile(join(clone, journal), 'more');
    expect(await verify(folder)).toMatchObject({
      code: 0,
      found: [`notice not-followed ${journal}`, 'notice uncommitted notes.txt'],
    });
  });

  test('whose history was rewritten is wrong', async () => {
    const { folder, clone } = await archive();
    await git(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
    const gitpost = await startProcess({ folder });
    await eventually(async () => (await apiAt(gitpost.url).repository()).state === 'rewritten');
    await gitpost.stop();
    expect(await verify(folder)).toMatchObject({ code: 1, found: ['wrong rewritten'] });
  });

  test('with a link in the place of the journal is wrong', async () => {
    const { folder, clone } = await archive();
    await rm(join(clone, 'messages'), { recursive: true });
    await symlink('.', join(clone, 'messages'));
    await git(clone, 'add', '--all');
    await git(clone, 'commit', '--quiet', '-m', 'a link');
    const { code, found } = await verifyMoved(folder);
    expect(found).toContain('wrong unsafe');
    expect(found.filter((one) => one.startsWith('wrong'))).toEqual(['wrong unsafe']);
    expect(code).toBe(1);
  });
});

describe('the remote', () => {
  test('that was set back is wrong', async () => {
    const { folder, remote } = await archive();
    await git(remote, 'update-ref', 'refs/heads/main', 'main~1');
    expect(await verify(folder)).toMatchObject({ code: 1, found: ['wrong remote-behind'] });
  });

  test('that has more is a notice', async () => {
    const { folder, remote } = await archive();
    const other = await cloneOf(remote, join(await temporaryFolder(), 'other'));
    await commitFile(other, 'notes.txt', 'theirs', 'notes');
    await git(other, 'push', '--quiet', 'origin', 'main');
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice remote-ahead'] });
  });

  test('whose branch or folder is gone is a notice', async () => {
    const { folder, remote } = await archive();
    await git(remote, 'update-ref', '-d', 'refs/heads/main');
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice remote-behind'] });
    await rm(remote, { recursive: true });
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice remote-offline'] });
  });

  test('that is no repository is wrong', async () => {
    const { folder, remote } = await archive();
    await rm(join(remote, 'HEAD'));
    expect(await verify(folder)).toMatchObject({ code: 1, found: ['wrong remote-refuses'] });
  });
});

describe('several repositories', () => {
  test('are each told of, those that were added while gitpost ran too', async () => {
    const { folder } = await archive();
    const url = await bareRepository(join(folder, 'more.git'));
    const gitpost = await startProcess({ folder });
    const api = apiAt(gitpost.url);
    expected(await api.send('POST', '/repositories', { json: { url } }), 202);
    await eventually(async () => (await api.repository('more')).state === 'ready');
    await api.create({ text: 'In both', repositories: 'all' });
    await gitpost.stop();
    const { code, stdout, found } = await verify(folder);
    expect(found).toEqual([]);
    expect(stdout).toMatch(/^messages \(main, .*: 4 messages, 5 lines/m);
    expect(stdout).toMatch(/^more \(main, .*: 1 message, 1 line, 1 journal commit; 1 ahead/m);
    expect(code).toBe(0);
  });
});

describe('GET /verify', () => {
  test('tells what npm run verify tells, beside a gitpost that runs', async () => {
    const { folder, clone, journal } = await archive();
    const api = await serve(folder);
    await api.create({ text: 'Four' });
    await eventually(async () => (await statusOf(clone)).length === 0);
    const verification = await ask(api);
    const head = await git(clone, 'rev-parse', 'main');
    expect(verification).toMatchObject({
      status: 'ok',
      repositories: [
        {
          ...{ name: 'messages', branch: 'main', head, remoteHead: await git(clone, 'rev-parse', 'HEAD~1') },
          ...{
            messages: 4,
            lines: 5,
            commits: 5,
            ahead: 1,
            behind: 0,
            unpushed: 1,
            findings: [],
            omitted: 0,
          },
        },
      ],
      mirror: { messages: 4, findings: [], omitted: 0 },
    });
    expect(await verify(folder)).toMatchObject({ code: 0, found: [] });
    const content = await readFile(join(clone, journal), 'utf8');
    await commitFile(clone, journal, `${content}no line\n`, 'a slip');
    await eventually(async () => (await api.repository()).problems.length === 1);
    const broken = await ask(api);
    expect(broken.status).toBe('wrong');
    expect(broken.repositories[0]?.findings).toEqual([
      {
        ...{ kind: 'line-unreadable', severity: 'wrong', file: journal, line: content.split('\n').length },
        ...{ detail: expect.stringMatching(/JSON/), action: expect.stringMatching(/\S/) },
      },
    ]);
    expect(await verify(folder)).toMatchObject({ code: 1 });
  });

  test('is right while messages keep coming, and so is npm run verify', async () => {
    const { folder } = await archive();
    const api = await serve(folder);
    let going = true;
    const write = async () => {
      while (going) {
        const { id } = await api.create({ text: 'More' });
        await api.edit(id, { text: 'More, edited' });
        await api.delete(id);
      }
    };
    const writers = Promise.all([write(), write(), write()]);
    try {
      for (let round = 0; round < 4; round += 1) {
        const verification = await ask(api);
        expect(findingsOf(verification).filter((one) => one.startsWith('wrong'))).toEqual([]);
        const { found } = await verify(folder);
        expect(found.filter((one) => one.startsWith('wrong'))).toEqual([]);
      }
    } finally {
      going = false;
      await writers;
    }
  });

  test('runs once for all who ask meanwhile, and anew for who asks later', async () => {
    const { folder } = await archive();
    const api = await serve(folder);
    const [first, second] = await Promise.all([api.get('/verify'), api.get('/verify')]);
    expect(second.text).toBe(first.text);
    await api.create({ text: 'Four' });
    expect((await ask(api)).mirror.messages).toBe(4);
  });

  test('changes no commit, ref or file of the mirror', async () => {
    const { folder, clone } = await archive();
    const api = await serve(folder);
    await eventually(async () => (await statusOf(clone)).length === 0);
    await ask(api);
    const before = await everything(folder);
    await ask(api);
    expect(await everything(folder)).toEqual(before);
  });

  test('tells of a damaged file of the mirror while gitpost runs', async () => {
    const { folder, mirror } = await archive();
    const api = await serve(folder);
    expect((await ask(api)).status).toBe('ok');
    const name = await damage(mirror);
    expect((await ask(api)).mirror.findings).toEqual([
      expect.objectContaining({ kind: 'mirror-damaged', severity: 'wrong', file: name }),
    ]);
  });

  test('tells of a file of the device that does not follow the branch', async () => {
    const { folder, clone, journal } = await archive();
    const api = await serve(folder);
    await appendFile(join(clone, journal), 'a change of a person');
    expect(findingsOf(await ask(api))).toEqual(['wrong not-followed']);
  });

  test('needs the access token where there is one, and takes GET alone', async () => {
    const { folder } = await archive();
    const api = await serve(folder, { ACCESS_TOKEN: 'a-token-of-some-length' });
    problemOf(await api.get('/verify'), 401);
    const bearer = { Authorization: 'Bearer a-token-of-some-length' };
    expect((await api.get('/verify', bearer)).status).toBe(200);
    problemOf(await api.send('POST', '/verify', { headers: bearer }), 405);
  });

  test('does not keep gitpost from ending, though a remote says nothing', async () => {
    const { folder, clone } = await archive();
    const gitpost = await startProcess({ folder });
    const api = apiAt(gitpost.url);
    expect((await ask(api)).status).toBe('ok');
    const silent = createServer();
    const connected = once(silent, 'connection') as Promise<[Socket]>;
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    await git(clone, 'config', 'remote.origin.url', `http://127.0.0.1:${port}/silent.git`);
    const asked = api.get('/verify');
    const [socket] = await connected;
    const hungUp = once(socket.resume(), 'close');
    expect(await gitpost.stop()).toEqual({ code: 0, signal: null });
    await hungUp;
    problemOf(await asked, 503);
  });
});
