import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rejection } from '../../../src/git/rejection.ts';
import { troubleOf } from '../../../src/git/trouble.ts';
import type { Spoken } from '../../../src/git/words.ts';
import { FILE_WORDS, HTTP_WORDS, type Named, REFUSALS, SSH_WORDS } from '../../support/git-words.ts';

const DIRECTORY = '/home/ann/gitpost/repos/notes';

const sshTo = (host: string, owner: string, name: string, branch: string): Named => ({
  url: `ssh://git@${host}:22022/${owner}/${name}.git`,
  host,
  path: `/${owner}/${name}.git`,
  name,
  branch,
});
const httpTo = (host: string, owner: string, name: string, branch: string): Named => ({
  ...sshTo(host, owner, name, branch),
  url: `http://${host}/${owner}/${name}.git`,
});
const fileAt = (_host: string, owner: string, name: string, branch: string): Named => {
  const path = `/media/${owner}/${name}.git`;
  return { url: path, host: '', path, name, branch };
};

const KINDS = {
  ssh: { words: SSH_WORDS, at: sshTo },
  http: { words: HTTP_WORDS, at: httpTo },
  file: { words: FILE_WORDS, at: fileAt },
} as const;

const spokenOf = ({ url, branch }: Named, more: Partial<Spoken> = {}): Spoken => ({
  url,
  branch,
  directory: DIRECTORY,
  ...more,
});

const troubleWith = (stderr: string, named: Named, more?: Partial<Spoken>) =>
  troubleOf({ stderr, timedOut: false }, spokenOf(named, more));

describe('over ssh', () => {
  const named = sshTo('git.example.org', 'ann', 'notes', 'main');
  const told = (what: string, more?: Partial<Spoken>) =>
    troubleWith((SSH_WORDS[what] as (named: Named) => string)(named), named, more);

  test.each([
    ['an unknown host key', 'failed', /no ssh host key of git\.example\.org yet/],
    ['an unknown host key, checked strictly', 'failed', /no ssh host key of git\.example\.org yet/],
    ['a changed host key', 'failed', /^Warning: .*intercepting/],
    ['a revoked host key', 'failed', /^Warning: .*intercepting/],
    ['no key that is accepted', 'unauthorized', /none of the ssh keys/],
    ['a key that others can read', 'unauthorized', /ignores your private key/],
    ['a host that is not found', 'offline', /no host named git\.example\.org/],
    ['a port that nobody listens on', 'offline', /no ssh server answers at port 22022/],
    ['no ssh program', 'failed', /ssh program cannot be started/],
    ['a wrong GIT_SSH', 'failed', /ssh program cannot be started/],
    ['a wrong configuration', 'failed', /its own configuration/],
    ['no such folder', 'not-found', /no such repository/],
    ['no such repository on GitHub', 'not-found', /no such repository/],
    ['no such repository on GitLab', 'not-found', /no such repository/],
    ['no right to write on GitHub', 'unauthorized', /does not let you use/],
    ['no right in gitolite', 'unauthorized', /does not let you use/],
    ['a folder of another user on the host', 'failed', /the folder \/ann\/notes\.git on git\.example\.org/],
  ])('%s has words of its own, and none about a token', (what, status, detail) => {
    const trouble = told(what);
    expect(trouble).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(`${trouble.detail} ${trouble.action}`).not.toMatch(
      /GITHUB_TOKEN|ssh-keygen|safe\.directory \/home/,
    );
  });

  test('a changed host key comes with the new fingerprint and no way around it', () => {
    const { detail, action } = told('a changed host key');
    expect(detail).toContain('SHA256:Oq8QVoZvA4xl8jKVgUtkMZImn5RJvazOXyRmsSusm/k');
    expect(action).toMatch(/^Do not connect/);
    expect(`${detail} ${action}`).not.toMatch(/remove with|-R |StrictHostKeyChecking/);
  });

  test('an unknown host key says how to meet the host', () => {
    expect(told('an unknown host key').action).toContain('ssh -T -p 22022 git@git.example.org.');
    const short: Named = { ...named, url: 'git@github.com:ann/notes.git' };
    expect(troubleWith('Host key verification failed.\n', short).action).toContain('ssh -T git@github.com.');
  });

  test('a key with a passphrase is thought of, and whether there is an agent for it', () => {
    expect(told('no key that is accepted').action).toMatch(
      /ssh-add.*SSH_AUTH_SOCK is set\. It is not set now/,
    );
    expect(told('no key that is accepted', { hasAgent: true }).action).not.toContain('SSH_AUTH_SOCK');
  });
});

describe('of a folder', () => {
  const named = fileAt('', 'Ann', "ann's disk", 'main');

  test('that belongs to someone else, names that folder, and the whole advice', () => {
    const { detail, action } = troubleWith(
      (FILE_WORDS['a folder of another user'] as never as (n: Named) => string)(named),
      named,
    );
    expect(detail).toContain(`the folder of the remote, ${named.path},`);
    expect(action).toContain("git config --global --add safe.directory '/media/Ann/ann'\\''s disk.git'");
  });

  test("that is the clone's own and belongs to someone else, names the clone", () => {
    const words = `fatal: detected dubious ownership in repository at '${DIRECTORY}'\n`;
    expect(troubleWith(words, named).detail).toContain(`the folder of the clone, ${DIRECTORY}`);
    expect(troubleWith(words, named).action).toContain(`safe.directory ${DIRECTORY}.`);
  });
});

/** Names that each hold the words of some rule, as far as a name can. */
const WORDS = [
  'redirect',
  'denied',
  'certificate',
  'TLS',
  'SSL',
  'not-found',
  'dubious-ownership',
  'hook-declined',
  'timed-out',
  'unreachable',
  'archived',
  'read-only',
  'git-lfs',
  'GH009',
  'GH001',
  'protected',
  'shallow-update-not-allowed',
  'returned-error-302',
  'handshake',
  'self-signed',
  'Permission-denied',
  'DENIED',
  'deploy',
  'CAfile',
  'failed',
  'unable-to-access',
  'early-EOF',
  'Broken-pipe',
  'mismatched-algorithms',
  'access-denied',
  'repository',
  'ssh',
]; // prettier-ignore

const evil = fc.oneof(
  fc.constantFrom(...WORDS),
  fc
    .tuple(fc.constantFrom(...WORDS), fc.constantFrom('-', '.', '_'), fc.constantFrom(...WORDS))
    .map((parts) => parts.join('')),
);
/** A folder may have any name, so the very words of a rule, too. */
const evilFolder = fc.constantFrom(
  'dubious ownership',
  'returned error: 302',
  'Permission denied (publickey)',
  'Could not resolve hostname x',
  "it's redirect",
  'hook declined',
  'SSL certificate',
  'a: No space left on device',
  'Host key verification failed.',
); // prettier-ignore
const evilHost = evil.map((name) => `${name.replaceAll('_', '-')}.example`.toLowerCase());

const PLAIN = ['A hook of the remote refused the push.', 'The remote refused the push.'];

describe('no name is taken for a reason', () => {
  for (const [kind, { words, at }] of Object.entries(KINDS)) {
    const owner = kind === 'file' ? fc.oneof(evil, evilFolder) : evil;
    const name = kind === 'file' ? fc.oneof(evil, evilFolder) : evil;
    test.each(Object.keys(words))(`of ${kind}: %s`, (what) => {
      const say = words[what] as (named: Named) => string;
      const neutral = at('git.example.org', 'ann', 'notes', 'main');
      const expected = troubleWith(say(neutral), neutral);
      fc.assert(
        fc.property(evilHost, owner, name, evil, (...names) => {
          const named = at(...names);
          const trouble = troubleWith(say(named), named);
          expect(trouble.status).toBe(expected.status);
          expect(trouble.detail.slice(0, 12)).toBe(
            troubleStart(expected.detail, neutral, named).slice(0, 12),
          );
        }),
        { numRuns: 200 },
      );
    });
  }

  /** The beginning of a sentence that may begin with a name. */
  const troubleStart = (detail: string, from: Named, to: Named): string =>
    [
      [from.host, to.host],
      [from.path, to.path],
    ].reduce(
      (text, [before = '', after = '']) => (before === '' ? text : text.replace(before, after)),
      detail,
    );

  test.each(Object.keys(REFUSALS))('when a push is refused: %s', (what) => {
    const say = REFUSALS[what] as (named: Named) => readonly [string, string];
    for (const { at } of Object.values(KINDS)) {
      const neutral = at('git.example.org', 'ann', 'notes', 'main');
      const expected = rejection(...say(neutral), spokenOf(neutral));
      fc.assert(
        fc.property(evilHost, evil, evil, evil, (...names) => {
          const named = at(...names);
          const [detail] = rejection(...say(named), spokenOf(named)).detail.split(' (');
          // A repository that is called DENIED takes that word out of what the remote says, and no harm is done.
          expect([expected.detail.split(' (')[0], ...PLAIN]).toContain(detail);
        }),
        { numRuns: 100 },
      );
    }
  });
});

describe('what a remote says', () => {
  const lies = [
    ...Object.values(SSH_WORDS).map((say) => say(sshTo('git.example.org', 'ann', 'notes', 'main'))),
    ...Object.values(HTTP_WORDS).map((say) => say(httpTo('git.example.org', 'ann', 'notes', 'main'))),
    ...Object.values(FILE_WORDS).map((say) => say(fileAt('', 'ann', 'notes', 'main'))),
  ].map((text) => text.replaceAll(/^/gm, 'remote: '));

  test('is never taken for what git says, or ssh', () => {
    const named = httpTo('git.example.org', 'ann', 'notes', 'main');
    const own = `fatal: unable to access '${named.url}/': The requested URL returned error: 503\n`;
    const expected = troubleWith(own, named);
    for (const lie of lies) {
      const trouble = troubleWith(`${lie}\n${own}`, named);
      // A host may say itself that there is no such repository.
      if (/not found|could not be found/i.test(lie) && trouble.status === 'not-found') continue;
      expect([trouble.status, trouble.action]).toEqual([expected.status, expected.action]);
    }
  });

  test('leads to no page of another host', () => {
    const named = httpTo('github.com', 'ann', 'notes', 'main');
    const page = (host: string) =>
      `remote: https://${host}/ann/notes/security/secret-scanning/unblock-secret/2gakJr`;
    const spoken = spokenOf({ ...named, url: 'https://github.com/ann/notes.git' });
    const { action } = rejection(
      '[remote rejected] (x)',
      `${page('github.com')}\n${page('evil.example')}\n`,
      spoken,
    );
    expect(action).toContain('github.com/ann');
    expect(action).not.toContain('evil.example');
  });

  test('is shown without controls, credentials, and marks that turn text around', () => {
    const named = httpTo('git.example.org', 'ann', 'notes', 'main');
    const { detail } = troubleWith(
      "fatal: unable to access 'http://ann:p@ss@git.example.org/': \u001b[31m\u202Egnissim\n",
      named,
    );
    expect(detail).not.toMatch(/\p{C}|p@ss|ss@/u);
  });
});
