import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanName, commitTextOf, trailersOf } from '../../../src/journal/commit.ts';
import type { Line } from '../../../src/journal/line.ts';
import { git } from '../../support/git.ts';
import { idOf, lineAfter, lineOf, readable } from '../../support/lines.ts';
import { nastyTexts } from '../../support/texts.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const DEVICE = 'ann-x1y2z3';
const FORGED = 'ffffffff-ffff-4fff-8fff-ffffffffffff';

const subjectOf = (line: Line): string => commitTextOf(line, DEVICE).message.split('\n')[0] as string;
const subject = (text: string): string => subjectOf(lineOf({ text }));

describe('the subject', () => {
  test.each([
    ['the text, where it is one line', 'Hello #idea', 'Hello #idea'],
    ['the first line of several', 'First\nSecond', 'First'],
    ['the first line with text in it', '\n \t\r\n\u2028 \u00a0\nThird', 'Third'],
    ['without white space around', '  \tpadded \u3000 ', 'padded'],
    ['cut at every kind of line end', 'a\rb', 'a'],
    ['cut at a line separator', 'a\u2028b', 'a'],
    ['without control characters', 'a\u0000b\u001b[31mc\u007fd\u009fe\u0085f', 'a b [31mc d e f'],
    ['without what turns the direction of text', 'a\u202etxt\u2066x', 'a txt x'],
    ['with what is beyond ASCII as it is', 'Grüße 😀 אב', 'Grüße 😀 אב'],
    ['`(no text)` where there is none', '', '(no text)'],
    ['`(no text)` where there is white space alone', ' \n\t\u3000', '(no text)'],
    ['`(no text)` where there are control characters alone', '\u0000\n\u001b', '(no text)'],
  ])('is %s', (_, text, expected) => {
    expect(subject(text)).toBe(expected);
  });

  test('says `Edit:` in a later revision, also without text', () => {
    const first = lineOf({ type: 'link', url: 'https://example.org/', text: '' });
    expect(subjectOf(lineAfter([first], { text: 'Hello all\nand more' }))).toBe('Edit: Hello all');
    expect(subjectOf(lineAfter([first], { text: '' }))).toBe('Edit: (no text)');
  });

  test('says `Delete` and the id in a delete', () => {
    const time = '2026-11-22T11:00:00.000Z';
    const line = lineAfter([lineOf()], { text: 'left over', updatedAt: time, deletedAt: time });
    expect(subjectOf(line)).toBe(`Delete ${idOf(1)}`);
  });

  test.each([
    ['x'.repeat(72), 'x'.repeat(72)],
    ['x'.repeat(73), `${'x'.repeat(71)}…`],
    ['😀'.repeat(72), '😀'.repeat(72)],
    ['😀'.repeat(73), `${'😀'.repeat(71)}…`],
  ])('has 72 characters at most, in code points: %s', (text, expected) => {
    expect(subject(text)).toBe(expected);
  });

  test('has 72 characters at most with its prefix', () => {
    const edit = (text: string) => subjectOf(lineAfter([lineOf()], { text }));
    expect(edit('x'.repeat(66))).toBe(`Edit: ${'x'.repeat(66)}`);
    expect(edit('x'.repeat(67))).toBe(`Edit: ${'x'.repeat(65)}…`);
  });

  test('is one line of 1 to 72 characters without control characters, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string()),
        fc.nat(2),
        (text, kind) => {
          const first = lineOf({ text });
          const line = kind === 0 ? first : lineAfter([first], { text });
          const [head = '', blank, ...rest] = commitTextOf(line, DEVICE).message.split('\n');
          const length = [...head].length;
          expect(length).toBeGreaterThanOrEqual(1);
          expect(length).toBeLessThanOrEqual(72);
          expect(head).not.toMatch(/\p{Cc}|\u2028|\u2029/u);
          expect(head.trim()).toBe(head);
          expect([blank, ...rest]).toEqual(['', `Message-Id: ${line.id}`, `Device: ${DEVICE}`, '']);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('the trailers', () => {
  test('are the last paragraph, one `Message-Id` a message', () => {
    expect(trailersOf([idOf(1), idOf(2)], DEVICE)).toBe(
      `Message-Id: ${idOf(1)}\nMessage-Id: ${idOf(2)}\nDevice: ${DEVICE}\n`,
    );
    expect(commitTextOf(lineOf(), DEVICE).message).toBe(
      `Hello\n\nMessage-Id: ${idOf(1)}\nDevice: ${DEVICE}\n`,
    );
  });

  test('are ours alone to git itself, whatever the text tries', { timeout: 30_000 }, async () => {
    const forging = [
      `Message-Id: ${FORGED}`,
      `Message-Id: ${FORGED}\nDevice: evil`,
      `x\n\nMessage-Id: ${FORGED}\nDevice: evil`,
      `x\r\rMessage-Id: ${FORGED}`,
      `x\u2028\u2028Message-Id: ${FORGED}`,
      `x\u0085\u0085Message-Id: ${FORGED}`,
      `x\u000b\u000bMessage-Id: ${FORGED}`,
      `---\nMessage-Id: ${FORGED}`,
      '---',
      '--- ',
      '--- a/file',
      '# a comment',
      'diff --git a/x b/x',
      ' continued',
      '(cherry picked from commit 1234567)',
      `Signed-off-by: Message-Id: ${FORGED}`,
    ];
    const texts = [
      ...forging,
      ...nastyTexts.map(([, text]) => text),
      ...fc.sample(fc.string({ unit: 'binary' }), 20),
    ];
    const folder = await temporaryFolder();
    await git(folder, 'init', '--quiet');
    const seen = await Promise.all(
      texts.map(async (text, index) => {
        const line = index % 2 === 0 ? lineOf({ text }) : lineAfter([lineOf()], { text });
        const file = join(folder, String(index));
        await writeFile(file, commitTextOf(line, DEVICE).message);
        // Without --no-divider git takes what follows `---` for a patch; in a commit it never does.
        return { text, trailers: await git(folder, 'interpret-trailers', '--parse', '--no-divider', file) };
      }),
    );
    const ours = `Message-Id: ${idOf(1)}\nDevice: ${DEVICE}`;
    expect(seen).toEqual(texts.map((text) => ({ text, trailers: ours })));
  });

  test('are what `git log` shows, `---` as the text or not', async () => {
    const folder = await temporaryFolder();
    await git(folder, 'init', '--quiet');
    const file = join(folder, 'message');
    for (const text of ['---', '--- a/file', `---\n\nMessage-Id: ${FORGED}`, '# Heading', '\n\n\nlate']) {
      await writeFile(file, commitTextOf(lineOf({ text }), DEVICE).message);
      await git(folder, 'commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '-F', file);
      const shown = await git(
        folder,
        'log',
        '-1',
        '--format=%s|%(trailers:key=Message-Id,valueonly,separator=%x2C)',
      );
      expect(shown).toBe(`${subject(text)}|${idOf(1)}`);
    }
  });
});

describe('the author of a commit', () => {
  test('has the name of the message, and the time of the revision in whole seconds', () => {
    const first = lineOf({ author: 'Zoë', createdAt: '2026-11-22T10:00:00.999Z' });
    expect(commitTextOf(first, DEVICE)).toMatchObject({ author: 'Zoë', time: 1795341600 });
    const edit = lineAfter([first], { updatedAt: '2026-11-22T10:05:00.001Z' });
    expect(commitTextOf(edit, DEVICE).time).toBe(1795341900);
  });

  test.each([
    ['1970-01-01T00:00:00.000Z', 0],
    ['1969-12-31T23:59:59.999Z', 0],
    ['-000001-01-01T00:00:00.000Z', 0],
    ['9999-12-31T23:59:59.999Z', 253402300799],
  ])('has no time before 1970, which remotes refuse: %s', (createdAt, expected) => {
    const line = readable(lineOf().raw.replace(lineOf().createdAt, createdAt));
    expect(commitTextOf(line, DEVICE).time).toBe(expected);
  });
});

describe('a name as git takes it', () => {
  test.each([
    ['Ann', 'Ann'],
    ['Ann Lee', 'Ann Lee'],
    ['A <a@example.org>', 'A a@example.org'],
    ['a\nb\r\nc', 'a b c'],
    ['a\u0000b', 'a b'],
    ['  Ann\t', 'Ann'],
    ['Zoë 😀', 'Zoë 😀'],
    ['"Ann" (home), x: y; z.', '"Ann" (home), x: y; z.'],
    ['<>', 'unknown'],
    ['\u0007', 'unknown'],
    ['', 'unknown'],
  ])('%j is %j', (name, expected) => {
    expect(cleanName(name)).toBe(expected);
  });

  test('is never empty, and never holds what an identity is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(cleanName(name)).toMatch(/^[^<>\p{Cc}]+$/u);
      }),
    );
  });
});
