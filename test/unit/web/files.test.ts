import { expect, test } from 'vitest';
import { parseMarkdown } from '../../../src/web/reading/markdown.ts';
import {
  attachmentIn,
  fileNamed,
  kindOfFile,
  leftOutInWords,
  shownSize,
  sizeInWords,
  typeInWords,
} from '../../../src/web/text/files.ts';
import { filesBeside } from '../../../src/web/views/timeline/files-beside.ts';

const file = (name: string, digit = 'a') => ({ sha256: digit.repeat(64), name, type: 'image/png', size: 1 });

test('Markdown shows a file of its message by hash or name, and no picture from elsewhere', () => {
  expect(parseMarkdown('See ![the lake](attachment:my%20lake.png)')).toEqual([
    {
      kind: 'element',
      tag: 'p',
      children: [
        { kind: 'text', text: 'See ' },
        { kind: 'file', reference: 'my lake.png', words: 'the lake' },
      ],
    },
  ]);
  expect(JSON.stringify(parseMarkdown('![x](https://example.org/x.png)'))).not.toContain('"file"');
  const files = [file('my lake.png'), file('other.png', 'b')];
  expect(fileNamed('my lake.png', files)).toBe(files[0]);
  expect(fileNamed('b'.repeat(64), files)).toBe(files[1]);
  expect(fileNamed('constructor', files)).toBeUndefined();
  expect(attachmentIn('attachment:100%')).toBe('100%');
  expect(attachmentIn('https://example.org')).toBeUndefined();
});

test.each([
  '![the lake](attachment:a.png)',
  '![the lake](<attachment:a.png>)',
  '![the lake]( attachment:a.png )',
  '![the lake](attachment:a.png "a title")',
  '![a [b]](attachment:a.png)',
  '![a][r]\n\n[r]: attachment:a.png',
  '- *all ![a](ATTACHMENT:a.png)*',
  '[![a](attachment:a.png)](https://example.org/)',
])('a file that the text shows is not shown again: %s', (text) => {
  const files = [file('a.png'), file('b.png', 'b')];
  expect(filesBeside(parseMarkdown(text), files)).toEqual([files[1]]);
});

test('a file with brackets in its name is not shown again', () => {
  const files = [file('lake (1).png'), file('a)b.png', 'b')];
  expect(
    filesBeside(parseMarkdown('![a](<attachment:lake (1).png>) ![b](attachment:a%29b.png)'), files),
  ).toEqual([]);
});

test.each([
  'attachment:a.png',
  '`![a](attachment:a.png)`',
  '```\n![a](attachment:a.png)\n```',
  '    ![a](attachment:a.png)',
  '\\![a](attachment:a.png)',
  '![a](attachment:other.png)',
])('a file that the text only mentions is shown below it: %s', (text) => {
  const files = [file('a.png')];
  expect(filesBeside(parseMarkdown(text), files)).toEqual(files);
});

test('without the parser, all files are below the text', () => {
  const files = [file('a.png')];
  expect(filesBeside(undefined, files)).toEqual(files);
});

test('files that are left out are named, up to four of them', () => {
  expect(leftOutInWords(20, ['a', 'b', 'c', 'd'])).toBe('A message can have 20 files. Left out: a, b, c, d.');
  expect(leftOutInWords(20, ['a', 'b', 'c', 'd', 'e'])).toMatch(/: a, b, c and 2 more\.$/);
});

test('sizes, types and places are said as people do', () => {
  expect([0, 1023, 1024, 1_600, 10_400_000, 10 * 2 ** 20, 25_000_000].map(sizeInWords)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.6 KiB',
    '9.9 MiB',
    '10 MiB',
    '24 MiB',
  ]);
  expect(typeInWords({ type: 'application/pdf', name: 'x' })).toBe('PDF');
  expect(typeInWords({ type: 'application/vnd.oasis.opendocument.text', name: 'a.odt' })).toBe('ODT');
  expect(typeInWords({ type: 'video/x-matroska', name: 'a' })).toBe('MATROSKA');
  expect([kindOfFile('image/svg+xml'), kindOfFile('image/avif'), kindOfFile('audio/mpeg')]).toEqual([
    'file',
    'picture',
    'sound',
  ]);
  expect(shownSize(60, 90)).toEqual({ width: 60, height: 90 });
  expect(shownSize(4000, 1000)).toEqual({ width: 480, height: 120 });
  expect(shownSize(1, 100_000)).toEqual({ width: 1, height: 360 });
});
