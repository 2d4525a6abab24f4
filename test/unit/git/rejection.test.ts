import { describe, expect, test } from 'vitest';
import { rejection } from '../../../src/git/rejection.ts';

const remote = (...lines: string[]): string => lines.map((line) => `remote: ${line}`).join('\n');

const spoken = { url: 'https://github.com/ann/messages.git', directory: '/clone', branch: 'main' };

const SECRET = remote(
  'error: GH013: Repository rule violations found for refs/heads/main.',
  '',
  '- GITHUB PUSH PROTECTION',
  '  —————————————————————————————————————————',
  '    - Push cannot contain secrets',
  '      —— GitHub Personal Access Token ——————————————————————',
  '       locations:',
  '         - commit: 5477a7dd26384ed3c8b3814ee677f755ad27a597',
  '           path: messages/2026-11/laptop.2026-11-22.jsonl:34',
  '         - commit: 0011223344556677889900112233445566778899',
  '           path: notes: old.txt:7',
  '       https://github.com/ann/messages/security/secret-scanning/unblock-secret/2gakJr',
);

describe('a push that was refused', () => {
  test.each([
    ['GH001', 'error: GH001: Large files detected.', /too large/],
    ['GH006', 'error: GH006: Protected branch update failed for refs/heads/main.', /protected/],
    ['GH007', 'error: GH007: Your push would publish a private email address.', /e-mail address/],
    ['GH008', 'error: GH008: Your push referenced at least 1 unknown Git LFS object:', /Git LFS/],
    ['GH009', 'error: GH009: Secrets detected! This push failed.', /credential/],
    [
      'GH013',
      'error: GH013: Repository rule violations found for refs/heads/main.',
      /a rule of the repository/,
    ],
    ['a pack that is too large', 'fatal: pack exceeds maximum allowed size', /too large for a single push/],
    ['an archive', 'error: This repository was archived so it is read-only.', /archived/],
    [
      'GitLab',
      'GitLab: You are not allowed to push code to protected branches on this project.',
      /protected/,
    ],
    ['words of its own', 'Not on a Friday', /^The remote refused the push\. \(.*Not on a Friday\)$/],
  ])('is told in words: %s', (_, said, detail) => {
    const trouble = rejection('[remote rejected] (declined)', remote(said), spoken);
    expect(trouble.status).toBe('rejected');
    expect(trouble.detail).toMatch(detail);
    expect(trouble.detail).toContain(said);
    expect(trouble.action).toMatch(/^Nothing is lost here/);
  });

  test('for a credential names the places and the page that allows it', () => {
    const { detail, action, places } = rejection('[remote rejected] (push declined)', SECRET, spoken);
    expect(detail).toMatch(/found a credential/);
    expect(detail).not.toMatch(/—|locations/);
    expect(action).toContain(
      'https://github.com/ann/messages/security/secret-scanning/unblock-secret/2gakJr',
    );
    expect(places).toEqual([
      {
        commit: '5477a7dd26384ed3c8b3814ee677f755ad27a597',
        path: 'messages/2026-11/laptop.2026-11-22.jsonl',
        line: 34,
      },
      { commit: '0011223344556677889900112233445566778899', path: 'notes: old.txt', line: 7 },
    ]);
  });

  test("by GitLab's scan names the place, too", () => {
    const { detail, places } = rejection(
      '[remote rejected] (pre-receive hook declined)',
      remote(
        'PUSH BLOCKED: Secrets detected in code changes',
        'Secret push protection found the following secrets in commit: 37e54de5e78c31d9e3c3821fd15f7069e3d375b6',
        '-- messages/notes.jsonl:1 | GitLab Personal Access Token',
      ),
      spoken,
    );
    expect(detail).toMatch(/found a credential/);
    expect(places).toEqual([
      { commit: '37e54de5e78c31d9e3c3821fd15f7069e3d375b6', path: 'messages/notes.jsonl', line: 1 },
    ]);
  });

  test('says nothing of credentials in addresses, and no controls', () => {
    const { detail } = rejection(
      '',
      remote('see https://ann:pass@example.org/ \u001b[31mnow\u001b[0m'),
      spoken,
    );
    expect(detail).toContain('https://example.org/');
    expect(detail).not.toMatch(/pass|\p{Cc}/u);
  });
});
