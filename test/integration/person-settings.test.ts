import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitOf } from '../support/api.ts';
import { git, log } from '../support/git.ts';
import { HOOKS } from '../support/hooks.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { clean, only, scene } from '../support/writing-scene.ts';

describe('settings of a person', () => {
  test('and variables of the environment change nothing', async () => {
    const home = await temporaryFolder();
    const hooks = join(home, 'hooks');
    await mkdir(hooks);
    for (const name of HOOKS) {
      await writeFile(join(hooks, name), `#!/bin/sh\ntouch '${home}/ran-${name}'\nexit 1\n`, { mode: 0o755 });
    }
    await writeFile(join(home, 'template'), 'Template of a commit\n');
    await writeFile(join(home, 'ignored'), '*.jsonl\nmessages/\n');
    await writeFile(
      join(home, 'attributes'),
      '*.jsonl text eol=crlf filter=evil ident working-tree-encoding=UTF-16\n',
    );
    const config = `
[user]
  name = Somebody From Config
  email = config@example.org
  signingKey = none
[commit]
  gpgSign = true
  template = ${home}/template
  cleanup = scissors
  verbose = true
[tag]
  gpgSign = true
[push]
  gpgSign = if-asked
  default = nothing
  followTags = true
[gpg]
  program = /nonexistent/gpg
[core]
  autocrlf = true
  safecrlf = true
  eol = crlf
  hooksPath = ${hooks}
  excludesFile = ${home}/ignored
  attributesFile = ${home}/attributes
  editor = false
  pager = false
  quotePath = true
  fsmonitor = ${hooks}/pre-commit
  commentChar = H
  fileMode = false
  logAllRefUpdates = false
[filter "evil"]
  clean = tr a-z A-Z
  smudge = tr a-z A-Z
  required = true
[init]
  defaultBranch = trunk
  templateDir = ${hooks}
[i18n]
  commitEncoding = ISO-8859-1
  logOutputEncoding = ISO-8859-1
[merge]
  ff = only
  verifySignatures = true
[pull]
  rebase = true
[fetch]
  prune = true
[gc]
  auto = 1
[log]
  date = relative
  showSignature = true
[color]
  ui = always
[diff]
  external = false
  noprefix = true
[status]
  showUntrackedFiles = no
[index]
  version = 4
[advice]
  detachedHead = false
`;
    await writeFile(join(home, 'gitconfig'), config);
    const { folder, api, clone } = await scene({
      GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
      GIT_DIR: join(home, 'nowhere.git'),
      GIT_WORK_TREE: home,
      GIT_INDEX_FILE: join(home, 'index'),
      GIT_OBJECT_DIRECTORY: join(home, 'objects'),
      GIT_NAMESPACE: 'evil',
      GIT_AUTHOR_NAME: 'Somebody Else',
      GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z',
      GIT_COMMITTER_NAME: 'Somebody Else',
      GIT_COMMITTER_DATE: '2001-01-01T00:00:00Z',
      GIT_EDITOR: 'false',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.bare',
      GIT_CONFIG_VALUE_0: 'true',
      EDITOR: 'false',
      VISUAL: 'false',
      PAGER: 'false',
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'C.UTF-8',
      LANGUAGE: 'de',
      TZ: 'Pacific/Kiritimati',
    });
    const text = 'Grüße\r\naus #Köln $Id$\n';
    const message = await api.create({ text, author: 'Jürgen', createdAt: '2026-02-03T23:30:00.000Z' });
    const edited = await api.edit(message.id, { text: `${text}!` });
    const line = await only(clone, commitOf(message));
    expect(line.value.text).toBe(text);
    expect(line.path).toContain('.2026-02-03.jsonl');
    await clean(clone);
    const path = (await only(clone, commitOf(edited))).path;
    const bytes = await readFile(join(clone, path), 'utf8');
    expect(bytes).toContain(`${(await only(clone, commitOf(edited))).raw}\n`);
    expect(bytes).not.toContain('\r\n');

    const [commit] = await log(clone, '%an|%ae|%cn|%ce|%G?|%e|%ai|%s', '-1', commitOf(message));
    expect(commit).toBe('Jürgen|ann@example.org|Ann|ann@example.org|N||2026-02-03 23:30:00 +0000|Grüße');
    expect(await git(clone, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(await api.sync('push')).toMatchObject({ status: 'pushed', pushed: 1, detail: expect.any(String) });
    expect(await api.sync('pull')).toMatchObject({ status: 'up-to-date' });
    expect(await git(join(folder, 'data/remotes/messages.git'), 'rev-parse', 'main')).toBe(
      await git(clone, 'rev-parse', 'main'),
    );
    expect((await readdir(home)).sort()).toEqual(['attributes', 'gitconfig', 'hooks', 'ignored', 'template']);
    await git(clone, 'fsck', '--strict');
  });

  test("tell the author if the environment doesn't", async () => {
    const home = await temporaryFolder();
    const config = join(home, 'gitconfig');
    await writeFile(config, '[user]\n  name = Config Name\n  email = config@example.org\n');
    const env = { GIT_CONFIG_GLOBAL: config, AUTHOR_NAME: undefined, AUTHOR_EMAIL: undefined };
    const { api, clone } = await scene(env);
    const message = await api.create({ text: 'x' });
    expect(message.author).toBe('Config Name');
    expect(await log(clone, '%an %ae %cn %ce')).toEqual([
      'Config Name config@example.org Config Name config@example.org',
    ]);
  });
});
