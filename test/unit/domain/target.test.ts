import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  githubNameOf,
  githubPageOf,
  isRepositoryName,
  nameOf,
  parseGithubName,
  parseLocation,
  parseTarget,
  sameName,
} from '../../../src/domain/target.ts';

const github = { githubUrl: 'https://github.com', username: 'ann', remotesDirectory: '/data/remotes' };
const alone = { ...github, username: undefined };

describe('a repository as a person names it', () => {
  test.each([
    ['notes', { name: 'notes', url: 'https://github.com/ann/notes.git', own: false }],
    ['My.Notes_2-x', { name: 'My.Notes_2-x', url: 'https://github.com/ann/My.Notes_2-x.git', own: false }],
    ['team/notes', { name: 'notes', url: 'https://github.com/team/notes.git', own: false }],
  ])('is on GitHub with a user name: %s', (text, value) => {
    expect(parseTarget(text, github)).toEqual({ ok: true, value });
  });

  test('is one of the app without a user name', () => {
    const value = { name: 'notes', url: '/data/remotes/notes.git', own: true };
    expect(parseTarget('notes', alone)).toEqual({ ok: true, value });
  });

  test('with an owner is on GitHub without a user name too, and on an enterprise server', () => {
    expect(parseTarget('team/notes', alone)).toMatchObject({
      value: { url: 'https://github.com/team/notes.git', own: false },
    });
    const enterprise = { ...github, githubUrl: 'https://git.example.org/base' };
    expect(parseTarget('notes', enterprise)).toMatchObject({
      value: { url: 'https://git.example.org/base/ann/notes.git' },
    });
  });

  test.each([
    ['https://example.org/team/notes.git', 'notes'],
    ['https://example.org/team/notes', 'notes'],
    ['https://example.org:8443/team/notes.git/', 'notes'],
    ['http://localhost:3000/notes.git', 'notes'],
    ['HTTPS://EXAMPLE.ORG/Notes.git', 'Notes'],
    ['ssh://git@example.org/team/notes.git', 'notes'],
    ['ssh://git@example.org:22/~ann/notes', 'notes'],
    ['ssh://example.org/notes', 'notes'],
    ['git@github.com:ann/notes.git', 'notes'],
    ['example.org:notes.git', 'notes'],
    ['file:///srv/git/notes.git', 'notes'],
    ['/srv/git/notes.git', 'notes'],
    ['/srv/git/notes', 'notes'],
    ['/srv/git/notes/', 'notes'],
    ['/srv/with space/notes', 'notes'],
    ['/srv/grüße/notes', 'notes'],
  ])('is a git URL or an absolute path, kept as it is: %s', (url, name) => {
    for (const result of [parseTarget(url, github), parseTarget(url, alone), parseLocation(url)]) {
      expect(result).toEqual({ ok: true, value: { name, url, own: false } });
    }
  });

  test.each([
    '',
    ' ',
    '.',
    '..',
    '/',
    '//',
    'a b',
    '-notes',
    '.notes',
    'notes.git',
    'notes.lock',
    'notes.',
    'CON',
    'com1',
    'lpt9.txt',
    'x'.repeat(101),
    'not\u00e9s',
    './notes',
    '../notes',
    'notes/',
    '/..',
    '/srv/..',
    '/srv/.git',
    '/srv/nul',
    'a/b/c',
    'team/-notes',
    '-team/notes',
    'team/..',
    'ext::sh -c touch% x',
    'ext::/tmp/evil',
    'fd::17/notes',
    'git://example.org/notes.git',
    'ftp://example.org/notes.git',
    'javascript://x/notes',
    'https:/example.org/notes',
    'http:notes',
    'file:notes',
    'file://server/share/notes',
    '--upload-pack=touch:notes',
    '-oProxyCommand=x:notes',
    '-x@example.org:notes',
    'git@-x.example.org:notes',
    'git@example.org:-notes',
    'ssh://-oProxyCommand=x/notes',
    'ssh://-x@example.org/notes',
    'https://example.org/team/%2e%2e',
    'https://example.org/a/notes?x=1',
    'https://example.org/a/notes#x',
    'https://exa mple.org/notes',
    'https://example.org/no\ntes',
    '/srv/no\u0000tes',
    '/srv/no\u001btes',
    'C:\\',
  ])('is refused: %j', (text) => {
    for (const result of [parseTarget(text, github), parseTarget(text, alone)]) {
      expect(result).toMatchObject({ ok: false, failure: { code: 'invalid', detail: expect.any(String) } });
    }
  });

  test('says what is allowed for the field that was asked for', () => {
    expect(parseTarget('a b', alone)).toMatchObject({
      failure: { detail: expect.stringMatching(/^must be a name, owner\/name, a git URL/) },
    });
    expect(parseLocation('notes')).toMatchObject({
      failure: { detail: expect.stringMatching(/^must be a git URL/) },
    });
    expect(parseGithubName('notes', alone.githubUrl)).toMatchObject({
      failure: { detail: expect.stringMatching(/^must be owner\/name/) },
    });
    expect(parseGithubName('C:/notes', alone.githubUrl).ok).toBe(false);
  });

  test.each([
    ['https://ann:', 's3cr3tpassword', '@example.org/notes.git'],
    ['https://', 's3cr3ttoken', '@example.org/notes.git'],
    ['https://ann@', 'example.org/notes.git', ''],
    ['http://:', 's3cr3tpassword', '@example.org/notes.git'],
    ['ssh://git:', 's3cr3tpassword', '@example.org/notes.git'],
    ['https://example.org/notes.git?private_token=', 's3cr3ttoken', ''],
  ])('is refused with credentials in it, which are not said again: %s…%s', (before, secret, after) => {
    const result = parseTarget(`${before}${secret}${after}`, github);
    expect(result).toMatchObject({ ok: false });
    expect(JSON.stringify(result)).not.toContain(secret);
  });

  test('never is a folder that leads elsewhere, whatever was typed', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('..', '/', '.', '.git', 'https://', 'h.org/', 'git@h:', '\\', 'a', ':', '%2f', 'C:'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const result = parseTarget(pieces.join(''), alone);
        if (!result.ok) return;
        expect(result.value.name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
        expect(result.value.name).not.toMatch(/\.git$/i);
        expect(result.value.url).not.toMatch(/^-/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the name of a location', () => {
  test.each([
    ['https://example.org/a/b.git', 'b'],
    ['https://example.org/a/b.git//', 'b'],
    ['git@example.org:b.git', 'b'],
    ['/a/b', 'b'],
    ['C:\\a\\b.git', 'b'],
    ['/a/b.git.git', 'b.git'],
  ])('%s: %s', (location, expected) => {
    expect(nameOf(location)).toBe(expected);
  });
});

describe('two names', () => {
  test.each([
    ['notes', 'notes', true],
    ['Notes', 'nOTES', true],
    ['notes', 'note', false],
  ])('%s and %s are one folder: %s', (a, b, expected) => {
    expect(sameName(a, b)).toBe(expected);
  });
});

describe('the name of a folder', () => {
  test.each([
    ['a', true],
    ['9', true],
    ['x'.repeat(100), true],
    ['a.b', true],
    ['concert', true],
    ['con', false],
    ['NUL.txt', false],
    ['a/b', false],
    ['a:b', false],
    ['a\n', false],
    ['', false],
  ])('%j: %s', (name, expected) => {
    expect(isRepositoryName(name)).toBe(expected);
  });
});

describe('what GitHub calls a repository', () => {
  const name = { owner: 'ann', name: 'my.notes' };
  test.each([
    ['https://github.com/ann/my.notes', name],
    ['https://github.com/ann/my.notes.git/', name],
    ['http://github.com/ann/my.notes.git', name],
    ['https://www.github.com/ann/my.notes', name],
    ['git@github.com:ann/my.notes.git', name],
    ['git@GitHub.com:/ann/my.notes.git', name],
    ['github.com:ann/my.notes', name],
    ['ssh://git@github.com/ann/my.notes.git', name],
    ['ssh://git@ssh.github.com:443/ann/my.notes.git', name],
    ['git@github.com.example.org:ann/my.notes.git', undefined],
    ['git@example.org:github.com/ann/my.notes.git', undefined],
    ['https://example.org/ann/my.notes', undefined],
    ['https://github.com:8443/ann/my.notes', undefined],
    ['https://github.com/ann', undefined],
    ['https://github.com/ann/my.notes/tree', undefined],
    ['/github.com/ann/my.notes', undefined],
    ['file:///ann/my.notes', undefined],
  ])('%s', (url, expected) => {
    expect(githubNameOf(url, 'https://github.com')).toEqual(expected);
    expect(githubPageOf(url, 'https://github.com')).toBe(expected ? 'https://github.com/ann/my.notes' : null);
  });

  test('can be shown by a GitHub of a company', () => {
    const page = 'https://git.example.org/hub/ann/notes';
    expect(githubPageOf(`${page}.git`, 'https://git.example.org/hub')).toBe(page);
    expect(githubPageOf('https://github.com/ann/notes', 'https://git.example.org/hub')).toBeNull();
  });
});
