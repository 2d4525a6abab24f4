import { expect, test } from 'vitest';
import { commitPage } from '../../../src/web/text/commit-url.ts';

test.each([
  ['https://github.com/ann/notes.git', 'https://github.com/ann/notes/commit/abc'],
  ['https://github.com/ann/notes', 'https://github.com/ann/notes/commit/abc'],
  ['git@github.com:ann/notes.git', 'https://github.com/ann/notes/commit/abc'],
  ['ssh://git@github.com/ann/notes.git', 'https://github.com/ann/notes/commit/abc'],
  ['https://gitlab.com/team/sub/notes.git', 'https://gitlab.com/team/sub/notes/-/commit/abc'],
  ['https://GitHub.com/ann/"x".git', 'https://github.com/ann/%22x%22/commit/abc'],
])('a commit of %s is at %s', (repository, url) => {
  expect(commitPage({ url: repository, github: null }, 'abc')?.url).toBe(url);
});

test.each([
  '/media/disk/messages.git',
  'file:///srv/git/notes.git',
  'https://git.example.org/ann/notes.git',
  '',
  'x',
])('a commit of %j is nowhere on the web', (repository) => {
  expect(commitPage({ url: repository, github: null }, 'abc')).toBeUndefined();
});

test('a commit on the GitHub that the server knows is there', () => {
  const [url, github] = ['git@git.example.org:ann/notes.git', 'https://git.example.org/ann/notes'];
  expect(commitPage({ url, github }, 'abc')).toEqual({ host: 'GitHub', url: `${github}/commit/abc` });
});
