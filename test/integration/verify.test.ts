import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expected } from '../support/api.ts';
import { damage, everything, sharedArchive, verify, verifyProcess } from '../support/archive.ts';
import { bareRepository, commitFile } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { runToExit } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const { archive, idOf } = sharedArchive();

describe('an archive that is as it should be', () => {
  test('is said to be ok, with its numbers, and exit code 0', async () => {
    const { folder } = await archive();
    const { code, stdout, found } = await verifyProcess(folder);
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
    expect((await verifyProcess(folder)).found).toEqual([]);
    expect(await everything(folder)).toEqual({ ...before, ...(await home(folder)) });
    await damage(mirror);
    await commitFile(clone, journal, 'no line\n', 'a person');
    const damaged = await everything(folder);
    expect((await verifyProcess(folder)).code).toBe(1);
    expect(await everything(folder)).toEqual({ ...damaged, ...(await home(folder)) });
  });

  /** The home folder that a test gives to the process. */
  async function home(folder: string): Promise<Record<string, string>> {
    return { [join(folder, 'home')]: `${(await stat(join(folder, 'home'))).mtimeMs}` };
  }

  test('counts what is not pushed, which is no defect', async () => {
    const { folder } = await archive();
    const { api, stop } = await startHere({ folder });
    await api.edit(idOf(0), { text: 'One, edited' });
    await api.edit(idOf(0), { text: 'One, edited again' });
    await stop();
    const { code, stdout, found } = await verify(folder);
    expect(found).toEqual([]);
    expect(stdout).toMatch(
      /3 messages, 6 lines, 6 journal commits; 2 ahead of the remote, 0 behind, 1 message not/,
    );
    expect(code).toBe(0);
  });
});

describe('without any repository yet', () => {
  test('nothing is made, and nothing is wrong', async () => {
    const folder = await temporaryFolder();
    const { code, found } = await verify(folder);
    expect(found).toEqual(['notice clone-missing', 'notice mirror-absent']);
    expect(code).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a folder in the place of the clone that is not one is wrong', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'repos/messages'), { recursive: true });
    await writeFile(join(folder, 'repos/messages/notes.txt'), 'mine');
    expect(await verify(folder)).toMatchObject({
      code: 1,
      found: ['notice mirror-absent', 'wrong clone-missing'],
    });
  });

  test('a wrong value is reported, and the exit code is 2', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.env'), 'PORT=none\n');
    const { code, stdout, stderr } = await runToExit({ script: 'verify', folder, env: { PORT: undefined } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^gitpost: PORT must be/);
  });
});

describe('several repositories', () => {
  test('are each reported, also those added while gitpost ran', async () => {
    const { folder } = await archive();
    const url = await bareRepository(join(folder, 'more.git'));
    const { api, stop } = await startHere({ folder });
    expected(await api.send('POST', '/repositories', { json: { url } }), 202);
    await eventually(async () => (await api.repository('more')).state === 'ready');
    await api.create({ text: 'In both', repositories: 'all' });
    await stop();
    const { code, stdout, found } = await verify(folder);
    expect(found).toEqual([]);
    expect(stdout).toMatch(/^messages \(main, .*: 4 messages, 5 lines/m);
    expect(stdout).toMatch(/^more \(main, .*: 1 message, 1 line, 1 journal commit; 1 ahead/m);
    expect(code).toBe(0);
  });
});
