import { once } from 'node:events';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FOLLOW_MARK, readFollowMark, writeFollowMark } from '../../src/clone/follow-mark.ts';
import { checkWorkTree } from '../../src/verify/clone.ts';
import { Findings } from '../../src/verify/findings.ts';
import { apiAt, problemOf } from '../support/api.ts';
import { ask, damage, everything, findingsOf, serve, sharedArchive, verify } from '../support/archive.ts';
import { statusOf } from '../support/clone-state.ts';
import { contextOf } from '../support/context.ts';
import { commitFile, git } from '../support/git.ts';
import { startProcess } from '../support/process.ts';
import { rounds } from '../support/rounds.ts';
import { eventually } from '../support/wait.ts';

const { archive } = sharedArchive();

describe('GET /verify', () => {
  test('says the same as npm run verify next to a running gitpost', async () => {
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
        await delay(rounds(20, 0));
      }
    };
    const writers = Promise.all(Array.from({ length: rounds(1, 3) }, write));
    try {
      for (let round = 0; round < rounds(1, 4); round += 1) {
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

  test('runs once for all requests that come meanwhile, and again for later ones', async () => {
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

  test('reports a damaged file of the mirror while gitpost runs', async () => {
    const { folder, mirror } = await archive();
    const api = await serve(folder);
    expect((await ask(api)).status).toBe('ok');
    const name = await damage(mirror);
    expect((await ask(api)).mirror.findings).toEqual([
      expect.objectContaining({ kind: 'mirror-damaged', severity: 'wrong', file: name }),
    ]);
  });

  test('reports a file of the device that does not follow the branch', async () => {
    const { folder, clone, journal } = await archive();
    const api = await serve(folder);
    await appendFile(join(clone, journal), 'a change of a person');
    expect(findingsOf(await ask(api))).toEqual(['wrong not-followed']);
  });

  test('says of files that wait for another git what they wait for', async () => {
    const { folder, clone } = await archive();
    const api = await serve(folder);
    expect((await ask(api)).status).toBe('ok');
    const lock = join(clone, '.git/index.lock');
    // As `git commit -a` does for as long as its editor is open.
    await writeFile(lock, '');
    await api.create({ text: 'Meanwhile' });
    const verification = await ask(api);
    expect(findingsOf(verification).sort()).toEqual(['notice lock-left', 'notice not-followed']);
    await rm(lock);
    await eventually(async () => (await statusOf(clone)).length === 0);
    expect(findingsOf(await ask(api))).toEqual([]);
  });

  test('waits for files as long as gitpost is busy with bringing them', async () => {
    const { clone, journal } = await archive();
    const context = contextOf(clone);
    const mark = join(clone, '.git', FOLLOW_MARK);
    const at = async (revision: string) => {
      await git(clone, 'checkout', '--quiet', revision, '--', journal);
      const commit = await git(clone, 'rev-parse', revision);
      await writeFollowMark(mark, { ...(await readFollowMark(mark)), commit });
    };
    await at('HEAD~1');
    const findings = new Findings();
    let isOver = false;
    const checking = checkWorkTree(context, 'main', true, findings, new AbortController().signal).finally(
      () => {
        isOver = true;
      },
    );
    // Longer than an idle gitpost needs.
    await delay(4000);
    expect(isOver).toBe(false);
    await at('HEAD');
    await checking;
    expect(findings.list()).toEqual([]);
  });

  test('needs the access token if there is one, and allows only GET', async () => {
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
