import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { apiAt } from '../support/api.ts';
import { startGitServer } from '../support/git-server.ts';
import { hub, NAME, push, token, username } from '../support/hub.ts';
import { startProcess } from '../support/process.ts';

describe('the token', () => {
  /** The arguments and environment of every process of this machine that has the token in it. */
  async function commandLines(): Promise<string[]> {
    const found: string[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (line.includes(token)) found.push(line.replaceAll('\0', ' '));
    }
    return found;
  }

  async function filesWith(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      const basic = Buffer.from(`${username}:${token}`).toString('base64');
      if (bytes.includes(token) || bytes.includes(basic)) found.push(path.slice(folder.length));
    }
    return found;
  }

  test.runIf(existsSync('/proc/self/cmdline'))(
    'stands in no argument, file, output or answer, also when things go wrong',
    async () => {
      const { folder, server, env: own } = await hub();
      const env = {
        ...own,
        LOG_LEVEL: 'trace',
        DEBUG: '*',
        GIT_TRACE: '1',
        GIT_TRACE_CURL: '1',
        GIT_CURL_VERBOSE: '1',
      };
      const gitpost = await startProcess({ folder: join(folder, 'one'), env });
      const api = apiAt(gitpost.url);
      const answers: string[] = [];
      const seen: string[] = [];
      let watching = true;
      const watch = (async () => {
        while (watching) seen.push(...(await commandLines()));
      })();
      await api.create({ text: 'x' });
      for (const fault of [
        { kind: 'slow', bytesPerSecond: 3000 },
        { kind: 'status', status: 401 },
        { kind: 'status', status: 403, body: 'No.\n' },
        { kind: 'status', status: 404 },
        { kind: 'html' },
        { kind: 'cut' },
        { kind: 'redirect', to: '/elsewhere' },
        { kind: 'none' },
      ] as const) {
        await api.create({ text: `Before ${fault.kind}` });
        server.fault(fault);
        for (const verb of ['push', 'pull'] as const)
          answers.push(JSON.stringify(await api.sync(verb, NAME)));
      }
      for (const path of ['/repositories', '/health', '/messages', '/openapi.json', '/']) {
        answers.push((await api.get(path)).text);
      }
      watching = false;
      await watch;
      expect(seen).toEqual([]);
      await gitpost.stop();
      expect(await filesWith(gitpost.folder)).toEqual([]);
      for (const text of [gitpost.stdout(), gitpost.stderr(), ...answers]) expect(text).not.toContain(token);
      expect(server.requests.some(({ authorised }) => authorised)).toBe(true);
    },
  );

  test('goes to no other address, wherever the remote leads', async () => {
    const { folder, machine, server } = await hub();
    const thief = await startGitServer({ root: join(folder, 'thief'), username, token });
    onTestFinished(() => thief.close());
    await thief.createRepository(`${username}/${NAME}`);
    await thief.createRepository('eve/bait');
    const { api } = await machine('one', { REPOSITORIES: `${thief.url}/eve/bait.git` });
    await api.create({ text: 'x', repositories: 'all' });
    server.fault({ kind: 'redirect', to: (path) => `${thief.url}${path}` });
    expect(['failed', 'offline', 'unauthorized', 'not-found']).toContain((await push(api)).status);
    expect((await api.sync('push', 'bait')).status).toBe('unauthorized');
    expect(thief.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(thief.requests.filter(({ path }) => path.includes(NAME))).toEqual([]);
  });
});
