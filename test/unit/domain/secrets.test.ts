import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/domain/message.ts';
import { secretsIn } from '../../../src/domain/secrets.ts';

/** Made-up credentials, put together here so that no scanner takes this file for a leak. */
const join = (...parts: string[]): string => parts.join('');
const of = (characters: string, length: number): string =>
  characters.repeat(Math.ceil(length / characters.length)).slice(0, length);
const WORD = 'a1B2c3D4e5F6';

const SECRETS: readonly (readonly [name: string, example: string])[] = [
  ['a private key', join('-----BEGIN ', 'PRIVATE KEY', '-----\nMIIE')],
  ['a private key', join('-----BEGIN RSA ', 'PRIVATE KEY', '-----')],
  ['a private key', join('-----BEGIN EC ', 'PRIVATE KEY', '-----')],
  ['a private key', join('-----BEGIN OPENSSH ', 'PRIVATE KEY', '-----')],
  ['a private key', join('-----BEGIN ENCRYPTED ', 'PRIVATE KEY', '-----')],
  ['a private key', join('-----BEGIN PGP ', 'PRIVATE KEY', ' BLOCK-----')],
  ['a GitHub token', join('gh', 'p_', of(WORD, 36))],
  ['a GitHub token', join('gh', 'o_', of(WORD, 36))],
  ['a GitHub token', join('gh', 's_', of(WORD, 36))],
  ['a GitHub token', join('gh', 'r_', of(WORD, 76))],
  ['a GitHub token', join('github', '_pat_', of(WORD, 22), '_', of(WORD, 59))],
  ['a GitLab token', join('gl', 'pat-', of(WORD, 20))],
  ['an AWS access key', join('AK', 'IA', of('ABCDEF234567', 16))],
  ['an AWS access key', join('AS', 'IA', of('ABCDEF234567', 16))],
  ['a Google API key', join('AI', 'za', of(WORD, 35))],
  ['a Google OAuth secret', join('GOC', 'SPX-', of(WORD, 28))],
  ['a Slack token', join('xo', 'xb-', '1234567890-', of(WORD, 24))],
  [
    'a Slack webhook',
    join('https://hooks.', 'slack.com/services/T', of('A1', 8), '/B', of('B2', 8), '/', of(WORD, 24)),
  ],
  ['a Stripe key', join('sk', '_live_', of(WORD, 24))],
  ['a Stripe key', join('rk', '_test_', of(WORD, 24))],
  ['an npm token', join('np', 'm_', of(WORD, 36))],
  ['a PyPI token', join('py', 'pi-', 'AgEIcHlwaS5vcmc', of(WORD, 60))],
  ['an OpenAI key', join('sk', '-', of(WORD, 20), 'T3Blbk', 'FJ', of(WORD, 20))],
  ['an OpenAI key', join('sk', '-proj-', of(WORD, 74), 'T3Blbk', 'FJ', of(WORD, 74))],
  ['an Anthropic key', join('sk', '-ant-', 'api03-', of(WORD, 93), 'AA')],
  ['a SendGrid key', join('S', 'G.', of(WORD, 22), '.', of(WORD, 43))],
  ['a Twilio key', join('S', 'K', of('0123456789abcdef', 32))],
  ['a Telegram bot token', join('123456789', ':A', 'A', of(WORD, 33))],
  ['a Hugging Face token', join('h', 'f_', of(WORD, 34))],
  ['a DigitalOcean token', join('do', 'p_v1_', of('0123456789abcdef', 64))],
  ['a signed web token', join('ey', 'J', of(WORD, 30), '.ey', 'J', of(WORD, 30), '.', of(WORD, 43))],
  ['a URL with a password', join('https://ann', ':', 'hunter2', '@example.org/x')],
  ['a URL with a password', join('postgres://app', ':', 'p%40ss', '@db.example.org:5432/app')],
];

describe('a credential', () => {
  it.each(SECRETS)('is seen: %s (%#)', (name, example) => {
    expect(secretsIn(example)).toEqual([name]);
    expect(secretsIn(`Look:\n"${example}", is that right?`)).toEqual([name]);
    expect(secretsIn(`KEY=${example}`)).toEqual([name]);
  });

  it('is named, and never repeated, one name a kind', () => {
    const text = SECRETS.map(([, example]) => example).join('\n');
    const seen = secretsIn(text);
    expect(new Set(seen)).toEqual(new Set(SECRETS.map(([name]) => name)));
    expect(seen).toHaveLength(new Set(seen).size);
    for (const [, example] of SECRETS) expect(seen.join()).not.toContain(example);
  });
});

describe('ordinary chat', () => {
  it.each([
    '',
    'Hello all, see you at 10:30',
    'My password is on the sticky note',
    'The API key is in 1Password, ask Ann',
    'https://github.com/ann/notes/pull/12#discussion_r123456789',
    'https://example.org:8080/path?x=1&y=2',
    'https://ann@example.org/notes',
    'https://medium.com/@ann/a-long-post-about-tokens-0a1b2c3d4e5f',
    'http://localhost:3000/@user/page',
    'ssh://git@example.org:22/notes.git',
    'git@github.com:ann/notes.git',
    'mailto:ann@example.org',
    'Mail me: ann@example.org:25',
    'ratio 3:4 @ 5:00',
    'commit 4fe4f0a5d3c2b1a09f8e7d6c5b4a39281706f5e4',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'id 0192f0c1-7c00-7000-8000-0123456789ab',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
    'eyJhbGciOiJIUzI1NiJ9 is only half of it',
    join('gh', 'p_short'),
    join('gh', 'p_ is how GitHub tokens begin'),
    join('The prefix ', 'sk', '_live_', ' is for Stripe'),
    join('sk', '-learn is a library; sk', '-ant- is a prefix'),
    'SKU 12345 and SKELETON',
    join('AK', 'IA is in the name of every key'),
    'npm_config_registry=https://registry.npmjs.org/',
    '-----BEGIN PUBLIC KEY-----',
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN PGP SIGNED MESSAGE-----',
    'xoxo, Ann',
    'half_life half_life_of_the_uranium_in_the_reactor_core',
    'DEBUG=* node server.js --port 8080',
    'const token = process.env.GITHUB_TOKEN;',
    '😀'.repeat(100),
  ])('passes: %s', (text) => {
    expect(secretsIn(text)).toEqual([]);
  });
});

describe('the longest text that is taken', () => {
  const longest = (pattern: string): string => of(pattern, LIMITS.text);

  // The event loop must not be held: nobody else is answered meanwhile.
  it.each([
    'a-',
    'a.',
    'http://',
    'a://b:',
    'eyJ-',
    'eyJaaaaaaaaaa.',
    'sk-',
    'sk-proj-',
    'sk-ant-a-',
    'glpat-',
    'xoxb-',
    'github_pat_',
    'SG.',
    '123456789:',
    'pypi-AgEIcHlwaS5vcmc',
    '-----BEGIN ',
    '-----BEGIN A ',
    ' ',
  ])('is looked through in no time, made of %j', (pattern) => {
    const text = longest(pattern);
    const start = performance.now();
    secretsIn(text);
    expect(performance.now() - start).toBeLessThan(400);
  });
});
