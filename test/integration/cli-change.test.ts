import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiAt, linesOfJson, type Message } from '../support/api.ts';
import {
  type CommandOptions,
  command,
  commandEnvironment,
  hasProgram,
  terminalCommand,
} from '../support/command.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import { eventually } from '../support/wait.ts';

const execute = promisify(execFile);

let gitpost: GitpostProcess;
let api: Api;

beforeAll(async () => {
  gitpost = await startProcess({ env: { AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org' } });
  api = apiAt(gitpost.url);
});
afterAll(() => gitpost.stop());

const run = (args: readonly string[], options: CommandOptions = {}) => command(gitpost.folder, args, options);

async function output(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** A program in the folder of these tests, as an editor or a browser is one. */
async function program(name: string, lines: string): Promise<string> {
  const path = join(gitpost.folder, name);
  await writeFile(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  return path;
}

describe('edit', () => {
  test('gives a message another text and other fields', async () => {
    const { id } = await api.create({ text: 'First' });
    await output(['edit', id.slice(-8), 'Second', 'text', '--tag', 'new', '--pin']);
    expect(await api.message(id)).toMatchObject({
      text: 'Second text',
      tags: ['new'],
      pinned: true,
      revision: 2,
    });
    await output(['edit', id, '-'], { input: 'From a pipe\n' });
    await output(['edit', id, '-l', 'diff', '--unpin'], { input: 'not read' });
    const message = await api.message(id);
    expect(message).toMatchObject({ text: 'From a pipe', type: 'code', language: 'diff' });
    expect(message).not.toHaveProperty('pinned');
    expect(JSON.parse(await output(['edit', id, 'Third', '--json']))).toMatchObject({ id, text: 'Third' });
  });

  test('brings back what is deleted', async () => {
    const { id } = await api.create({ text: 'Back again' });
    await output(['rm', id.slice(-8)]);
    expect((await api.get(`/messages/${id}`)).status).toBe(404);
    await output(['rm', id]);
    await output(['edit', '--restore', id.slice(-8)]);
    expect(await api.message(id)).toMatchObject({ text: 'Back again' });
  });

  test('marks tasks as done', async () => {
    const ids = [];
    for (const text of ['One', 'Two']) ids.push((await api.create({ text, type: 'task' })).id);
    await output(['done', ...ids.map((id) => id.slice(-10))]);
    for (const id of ids) expect(await api.message(id)).toMatchObject({ done: true });
    await output(['done', '--undo', ids[0] as string]);
    expect((await api.message(ids[0] as string)).done).toBe(false);
  });

  test('refuses what makes no sense, in words', async () => {
    const { id } = await api.create({ text: 'As it is' });
    const cases: [string[], number, RegExp][] = [
      [['edit', id], 2, /nothing to change/],
      [['edit', id, '--pin', '--unpin'], 2, /cannot both/],
      [['edit', id, '-l', 'x'.repeat(50)], 2, /language/],
      [['edit', '0192f0c1-9999-7000-8000-000000000000', 'x'], 1, /\S/],
      [['rm'], 2, /missing/],
      [['rm', id, 'ffffffffff'], 1, /No message/],
    ];
    for (const [args, code, words] of cases) {
      const end = await run(args);
      expect([args, end.code, end.stdout]).toEqual([args, code, '']);
      expect(end.stderr).toMatch(words);
    }
    expect(await api.message(id)).toMatchObject({ revision: 1 });
  });
});

describe.runIf(hasProgram('script'))('on a terminal', () => {
  const terminal = (args: readonly string[], options: CommandOptions = {}) =>
    terminalCommand(gitpost.folder, args, options);

  test('list and search say so if there is nothing', async () => {
    for (const args of [
      ['list', '--tag', 'nobody-has-this'],
      ['search', 'nobody-wrote-this-word'],
    ])
      expect(await terminal(args)).toMatchObject({
        code: 0,
        screen: expect.stringMatching(/^No messages\.\s*$/),
      });
  });

  test('edit opens the editor', async () => {
    const { id } = await api.create({ text: 'Typing eror' });
    const editor = await program('editor', `sed -i.bak s/eror/error/ "$2"; test "$1" = --wait`);
    expect(await terminal(['edit', id], { env: { EDITOR: `${editor} --wait` } })).toMatchObject({ code: 0 });
    expect(await api.message(id)).toMatchObject({ text: 'Typing error', revision: 2 });
    expect((await terminal(['edit', id], { env: { EDITOR: 'true' } })).screen).toMatch(/nothing was changed/);
    const failed = await terminal(['edit', id], { env: { EDITOR: 'false' } });
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.screen).toMatch(/nothing was changed/);
    expect(await api.message(id)).toMatchObject({ revision: 2 });
  });

  test('edit keeps what was written if somebody else was quicker', async () => {
    const { id } = await api.create({ text: 'Contested' });
    const editor = await program(
      'slow-editor',
      `echo Slower > "$1"; node -e '
      fetch("${gitpost.url}/messages/${id}", { method: "PATCH", headers: { "Content-Type": "application/json" }, body: "{\\"text\\":\\"Quicker\\"}" })'`,
    );
    const { code, screen } = await terminal(['edit', id], { env: { EDITOR: editor } });
    expect(code).toBe(1);
    const [, path = ''] = /kept in (\S+)/.exec(screen) ?? [];
    expect(await readFile(path, 'utf8')).toBe('Slower\n');
    expect(await api.message(id)).toMatchObject({ text: 'Quicker' });
  });

  test('list has the newest at the bottom, colours and relative times, and no raw control characters', async () => {
    const tags = ['screen'];
    await api.create({ text: 'older', tags, createdAt: '2020-01-01T00:00:00Z' });
    await api.create({ text: 'newer \u001b]0;title\u0007', tags });
    const { code, screen } = await terminal(['list', '--tag', 'screen'], { env: { TERM: 'xterm' } });
    expect(code).toBe(0);
    expect(screen).toMatch(/older[\s\S]*newer/);
    expect(screen).toMatch(/just now|seconds ago|minutes? ago/);
    expect(screen).toContain('2020-01-01');
    expect(screen).toContain('\u001b[1mAnn\u001b[0m');
    expect(screen).toContain('\u241b]0;title\u2407');
    expect(screen).not.toContain('\u001b]0;');
    const plain = await terminal(['list', '--tag', 'screen'], { env: { TERM: 'xterm', NO_COLOR: '1' } });
    expect(plain.screen).not.toContain('\u001b[');
  });

  test('a long list goes through the pager, and is printed if the pager is missing', async () => {
    const lines = Array.from({ length: 200 }, (_, number) => `line ${number}`).join('\n');
    const { id } = await api.create({ text: lines, tags: ['long'] });
    const pager = await program('pager', 'echo paged; cat > /dev/null');
    const args = ['list', '--tag', 'long'];
    expect((await terminal(args, { env: { PAGER: pager } })).screen).toMatch(/^paged\r?\n$/);
    for (const PAGER of ['cat', '', 'no-such-pager'])
      expect((await terminal(args, { env: { PAGER } })).screen).toMatch(/line 199/);
    expect((await output(['show', id])).match(/^ {4}line/gm)).toHaveLength(200);
  });

  test('add without a text says what to do instead of waiting', async () => {
    expect(await terminal(['add'])).toMatchObject({
      code: 2,
      screen: expect.stringMatching(/nothing to add/),
    });
  });

  test('push shows its progress and clears it again', async () => {
    await api.create({ text: 'To push' });
    const { code, screen } = await terminal(['push']);
    expect(code).toBe(0);
    expect(screen).toMatch(/messages.*pushed/);
  });
});

describe('import and export', () => {
  const exported = () => output(['export', '--format', 'ndjson', '--tag', 'taken']);

  test('print the same lines, and a second import adds nothing', async () => {
    for (const text of ['One #taken', 'Two #taken']) await api.create({ text });
    const file = join(gitpost.folder, 'taken.ndjson');
    await output(['export', '-o', file, '--tag', 'taken']);
    expect(await readFile(file, 'utf8')).toBe(await exported());
    expect(linesOfJson<Message>(await exported())).toHaveLength(2);
    expect((await readdir(gitpost.folder)).filter((name) => name.includes('.part'))).toEqual([]);
    const lines = (await exported())
      .replaceAll('#taken', '#given')
      .replace(/"id":"[^"]{8}/g, '"id":"12345678');
    await writeFile(file, lines);
    expect(await output(['import', '--dry-run', file])).toMatch(
      /would be new: 2, [\s\S]*Nothing was written/,
    );
    expect(await output(['import', file])).toMatch(/new: 2, changed: 0, already there: 0/);
    expect(
      JSON.parse(await output(['import', '-', '--format', 'gitpost', '--json'], { input: lines })),
    ).toMatchObject({
      created: 0,
      present: 2,
    });
    expect(await api.messages('?tag=given')).toHaveLength(2);
    expect(await output(['export', '-q', 'tag:given', '--format', 'csv'])).toMatch(/One #given/);
  });

  test('take a folder of notes, or one note, with the dates of the files', async () => {
    const notes = join(gitpost.folder, 'notes');
    await mkdir(join(notes, '.git'), { recursive: true });
    await writeFile(join(notes, '.git', 'x.md'), 'hidden');
    await symlink('/etc/passwd', join(notes, 'link.md'));
    await writeFile(join(notes, 'a.png'), 'picture');
    await writeFile(join(notes, 'One.md'), 'See ![[a.png]]');
    await utimes(join(notes, 'One.md'), 1_700_000_000, 1_700_000_000);
    expect(await output(['import', `${notes}/`])).toMatch(
      /^markdown: 1 conversation, 1 author, 2023-11-14 to 2023-11-14\nnew: 1, .*\n1 file with them/,
    );
    expect(await api.messages('?tag=notes')).toMatchObject([
      {
        text: '# One\n\nSee ![](attachment:a.png)',
        createdAt: '2023-11-14T22:13:20.000Z',
        attachments: [{ name: 'a.png' }],
      },
    ]);
    expect(await output(['import', notes])).toMatch(/new: 0, changed: 0, already there: 1/);
    expect(await output(['import', '--dry-run', join(notes, 'One.md')])).toMatch(/would be new: 1/);
  });

  test('write to what a link leads to, and to a pipe, and put no file in their place', async () => {
    const file = join(gitpost.folder, 'linked.csv');
    await writeFile(file, 'older');
    await symlink(file, join(gitpost.folder, 'link.csv'));
    await output(['export', '--format', 'csv', '-o', join(gitpost.folder, 'link.csv')]);
    expect((await lstat(join(gitpost.folder, 'link.csv'))).isSymbolicLink()).toBe(true);
    expect(await readFile(file, 'utf8')).toMatch(/^id,/);
    const pipe = join(gitpost.folder, 'pipe');
    await execute('mkfifo', [pipe]);
    const [piped] = await Promise.all([
      readFile(pipe, 'utf8'),
      output(['export', '--format', 'csv', '-o', pipe]),
    ]);
    expect(piped).toBe(await readFile(file, 'utf8'));
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });

  test('say what is wrong, and leave an older file as it was', async () => {
    const empty = join(gitpost.folder, 'empty');
    await mkdir(empty);
    const cases: [string[], number, RegExp][] = [
      [['import', join(gitpost.folder, 'nowhere.zip')], 2, /no such file/],
      [['import', empty], 2, /no files/],
      [['import'], 2, /missing/],
      [['import', '--format', 'fax', 'x'], 2, /--format must be one of auto, /],
      [['import', join(gitpost.folder, 'noise')], 1, /\S/],
      [['export', '--format', 'fax'], 2, /--format must be one of ndjson, /],
      [['export', '-o', join(gitpost.folder, 'no', 'folder')], 1, /could not be written/],
      [['export', '-r', 'nowhere'], 1, /nowhere/],
    ];
    await writeFile(join(gitpost.folder, 'noise'), 'neither one nor the other\n');
    for (const [args, code, words] of cases) {
      const end = await run(args);
      expect([args, end.code, end.stdout]).toEqual([args, code, '']);
      expect(end.stderr).toMatch(words);
      expect(end.stderr).not.toMatch(/\bat \S+ \(/);
    }
  });
});

test('verify prints what npm run verify prints', async () => {
  await output(['push']);
  const report = await eventually(async () => {
    const { code, stdout } = await run(['verify']);
    return code === 0 && stdout;
  });
  expect(report).toMatch(/^messages \(main, at [\s\S]*ok: nothing is wrong/);
  expect(await output(['verify'], { env: { GITPOST_URL: gitpost.url } })).toMatch(/ok: nothing is wrong/);
});

test.runIf(process.platform !== 'win32')('serve --open opens the page of the gitpost that runs', async () => {
  const browser = await program('browser', `echo "$1" > ${join(gitpost.folder, 'opened')}`);
  expect(await run(['serve', '--open'], { env: { BROWSER: browser } })).toMatchObject({
    code: 0,
    stdout: `gitpost is at ${gitpost.url}/\n`,
  });
  const opened = () => readFile(join(gitpost.folder, 'opened'), 'utf8').catch(() => '');
  expect(await eventually(async () => (await opened()).trim())).toBe(`${gitpost.url}/`);
  const none = await run(['--open'], { env: { BROWSER: join(gitpost.folder, 'no-browser') } });
  expect(none).toMatchObject({ code: 0, stderr: expect.stringMatching(/Open .* yourself/) });
});

test('serve refuses folders that are in use', async () => {
  const { code, stderr } = await run(['serve']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/in use by another gitpost/);
});

describe('completion', () => {
  test('of fish offers options, values and files where they belong', async ({ skip }) => {
    if (!hasProgram('fish')) skip('fish is not installed');
    const script = join(gitpost.folder, 'gitpost.fish');
    await writeFile(script, await output(['completion', 'fish']));
    const complete = async (line: string): Promise<string[]> => {
      const { stdout } = await execute(
        'fish',
        ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script, line],
        { cwd: gitpost.folder, env: { PATH: process.env.PATH, HOME: gitpost.folder } },
      );
      return stdout.split('\n').flatMap((one) => (one === '' ? [] : [one.split('\t')[0] ?? '']));
    };
    expect(await complete('gitpost --')).toEqual(['--help', '--open', '--version']);
    for (const line of ['gitpost list ', 'gitpost push ', 'gitpost add -r '])
      expect([line, await complete(line)]).toEqual([line, []]);
    expect(await complete('gitpost list --type=m')).toEqual(['--type=markdown']);
    expect(await complete('gitpost import ')).toContain('gitpost.fish');
    expect(await complete('gitpost add -f ')).toContain('gitpost.fish');
  });

  const complete = async (...words: string[]): Promise<string[]> => {
    const script = [
      await output(['completion', 'bash']),
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      '_gitpost 2> /dev/null',
      `printf "%s\\n" "\${COMPREPLY[@]}"`,
    ].join('\n');
    const { stdout } = await execute('bash', ['-c', script], {
      env: commandEnvironment(gitpost.folder) as NodeJS.ProcessEnv,
    });
    return stdout.split('\n').filter((word) => word !== '');
  };

  test.runIf(hasProgram('bash'))('of bash knows verbs, options and their values', async () => {
    expect(await complete('gitpost', 'se')).toEqual(['serve', 'search']);
    expect(await complete('gitpost', 'add', '--re')).toEqual(['--repository', '--reply-to']);
    expect(await complete('gitpost', 'add', '-t', 'ma')).toEqual(['markdown']);
    expect(await complete('gitpost', 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
    // bash makes three words of --type=m, and a value that can be anything gets no options offered.
    expect(await complete('gitpost', 'list', '--type', '=', 'm')).toEqual(['markdown']);
    expect(await complete('gitpost', 'add', '-r', '')).toEqual([]);
  });

  test('is there for three shells, and no others', async () => {
    for (const shell of ['zsh', 'fish']) expect(await output(['completion', shell])).toMatch(/gitpost/);
    expect(await run(['completion', 'tcsh'])).toMatchObject({ code: 2, stdout: '' });
  });
});
