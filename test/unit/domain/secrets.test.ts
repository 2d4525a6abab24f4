import { describe, expect, test } from 'vitest';
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
  ['a GitLab token', join('gl', 'rt-', of(WORD, 20))],
  ['a Google OAuth token', join('ya', '29.', of(WORD, 60))],
  ['a Slack token', join('xa', 'pp-1-', of('A1', 11), '-', of('123', 13), '-', of('0123456789abcdef', 64))],
  ['a Slack webhook', join('https://hooks.', 'slack.com/workflows/', of('A1B2', 40))],
  ['a Stripe key', join('wh', 'sec_', of(WORD, 32))],
  ['a RubyGems token', join('ruby', 'gems_', of('0123456789abcdef', 48))],
  ['a Docker token', join('dc', 'kr_pat_', of(WORD, 27))],
  ['a PyPI token', join('py', 'pi-', 'AgENdGVzdC5weXBpLm9yZ', of(WORD, 60))],
  ['an OpenAI key', join('sk', '-svcacct-', of(WORD, 74))],
  ['an API key', join('sk', '-or-v1-', of('0123456789abcdef', 64))],
  ['an API key', join('sk', '-', of('0123456789abcdef', 32))],
  ['a Mailgun key', join('key', '-', of('0123456789abcdef', 32))],
  ['a Discord bot token', join('MT', of('A1b2', 22), '.', of('Gx', 6), '.', of(WORD, 38))],
  ['a Discord webhook', join('https://dis', 'cord.com/api/webhooks/', of('12345', 18), '/', of(WORD, 68))],
  ['a Shopify token', join('sh', 'pat_', of('0123456789abcdef', 32))],
  ['an Atlassian token', join('ATA', 'TT3', of(WORD, 186))],
  ['a HashiCorp Vault token', join('hv', 's.', of(WORD, 90))],
  ['a Grafana token', join('gl', 'sa_', of(WORD, 32), '_', of('0123abcd', 8))],
  ['a Linear key', join('lin', '_api_', of(WORD, 40))],
  ['a Notion token', join('nt', 'n_', of(WORD, 46))],
  ['an Azure client secret', join('abc', '8Q', '~', of(WORD, 34))],
  ['an Azure access key', join('Account', 'Key=', of(WORD, 86), '==')],
  [
    'an Azure access key',
    join('Endpoint=sb://x.example/;SharedAccess', 'Key=', of(WORD, 43), '=;EntityPath=y'),
  ],
  ['an age secret key', join('AGE-SECRET-', 'KEY-1', of('QPZRY9X8', 58))],
  ['an AWS secret key', join('aws_secret_', 'access_key = ', of('a1/B2+', 40))],
  ['an AWS secret key', join('"aws": {"secretAccess', 'Key": "', of(WORD, 40), '"')],
  ['a Google service account key', join('"private_', 'key_id": "', of('0123456789abcdef', 40), '"')],
  ['a private key', join('PuTTY-User-', 'Key-File-3: ssh-ed25519')],
  ['an Authorization header', join('Authorization: ', 'Basic ', of('YTpi', 24), '==')],
  ['an Authorization header', join('-H "Authorization: ', 'Bearer ', of(WORD, 40))],
  ['a password', join('pass', 'word = ', 'Tr0ub4dor&3')],
  ['a password', join('"pass', 'word": "', 'correct4horse"')],
  ['a secret key', join('API_', 'KEY=', of(WORD, 32))],
  ['a secret key', join('client_', 'secret: "', of(WORD, 40), '"')],
  ['a URL with a password', join('redis://:', 's3cr3t', '@cache.example.org')],
  ['a URL with a password', join('https://ann', ':', 'hunter2', '@example.org/x')],
  ['a URL with a password', join('postgres://app', ':', 'p%40ss', '@db.example.org:5432/app')],
];

describe('a credential', () => {
  test.each(SECRETS)('is seen: %s (%#)', (name, example) => {
    expect(secretsIn(example)).toEqual([name]);
    expect(secretsIn(`Look:\n${example} is that right?`)).toEqual([name]);
    expect(secretsIn(`KEY =\r\n${example}\r\n`)).toEqual([name]);
  });

  test('is named, and never repeated, one name a kind', () => {
    const special = SECRETS.filter(([name]) => !/^(a secret key|an Authorization header)$/.test(name));
    const seen = secretsIn(SECRETS.map(([, example]) => example).join('\n'));
    expect(new Set(seen)).toEqual(new Set(special.map(([name]) => name)));
    expect(seen).toHaveLength(new Set(seen).size);
    for (const [, example] of SECRETS) expect(seen.join()).not.toContain(example);
  });
});

describe('ordinary chat', () => {
  test.each([
    'password: see the note on the fridge',
    'The password=yours, user=mine',
    'const password = process.env.PASSWORD1;',
    'password: z.string().min(8)',
    'password = generatePassword16(options)',
    'apiKey: config.apiKeys.production2',
    'API_KEY=your-api-key-goes-here-please',
    'API_KEY=$SECRET_OF_2026_AND_LATER',
    'Authorization: Bearer $GITHUB_TOKEN',
    'Authorization: Bearer <your-access-token-goes-here>',
    'Our keys are safe in aws, the secret is not to use any',
    'sk-learn-based-classifier-with-many-words-in-its-name',
    'key-value-store-with-a-name-that-is-quite-long',
    'http://user:pass@example.org is how it looks',
    'https://user:$PASSWORD@example.org and https://user:<password>@example.org',
    'https://example.org/a:b/c@2x.png',
    'file:///home/ann/a:b@c',
    'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
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
  test.each([
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
    'password',
    'password=',
    'password=a1',
    'api_key=a1',
    'aws key ',
    'aws_secret_key=a1',
    'Authorization: Bearer ',
    'Authorization: Bearer a.',
    'AccountKey=',
    'M1A.',
    'abc8Q~',
    '://:@',
    'https://hooks.slack.com/services/T',
    ' ',
  ])('is looked through in no time, made of %j', (pattern) => {
    const text = longest(pattern);
    const start = performance.now();
    secretsIn(text);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
