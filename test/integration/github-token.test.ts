import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git } from '../support/git.ts';
import { githubScene, githubToken as token } from '../support/github-scene.ts';
import { startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';

test('the token is in no answer, log or file, whatever GitHub does with it', async () => {
  const folder = await temporaryFolder();
  const here = await githubScene(
    startProcess,
    { repositories: [{ fullName: 'ann/notes' }] },
    { LOG_LEVEL: 'trace' },
    folder,
  );
  const answers: string[] = [];
  const faults = [
    undefined,
    ...[401, 403, 404, 422, 500].map((status) => ({
      kind: 'status' as const,
      status,
      message: `You sent ${token}`,
    })),
    { kind: 'html' as const },
    { kind: 'redirect' as const, to: `http://127.0.0.1:9/${token}` },
    { kind: 'drop' as const },
    { kind: 'status' as const, status: 429, message: `Too many of ${token}` },
  ];
  for (const [index, fault] of faults.entries()) {
    here.github.fault(fault);
    for (const path of ['/github', '/github/repositories']) answers.push((await here.api.get(path)).text);
    answers.push((await here.add({ github: `ann/new${index}`, create: true })).text);
    answers.push((await here.add({ github: `ann/old${index}` })).text);
  }
  for (const path of ['/repositories', '/health', '/openapi.json'])
    answers.push((await here.api.get(path)).text);
  await here.gitpost.stop();
  const secret = token.slice(-20);
  for (const text of [...answers, here.gitpost.stdout(), here.gitpost.stderr()])
    expect(text).not.toContain(secret);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    expect((await readFile(path)).includes(secret), path).toBe(false);
  }
  expect(here.github.requests.some(({ authorization }) => authorization?.endsWith(token))).toBe(true);
  expect(await git(here.server.repository('ann/new0'), 'rev-parse', '--is-bare-repository')).toBe('true');
});
