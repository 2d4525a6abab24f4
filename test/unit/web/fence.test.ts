import { expect, test } from 'vitest';
import { fencedCode } from '../../../src/web/text/fence.ts';

test.each([
  ['```ts\nlet a;\n```', { language: 'ts', text: 'let a;' }],
  ['```\nlet a;\n```\n', { language: '', text: 'let a;' }],
  ['\n  ~~~~ c++ title="x"\n a\n\n b\n~~~~', { language: 'c++', text: ' a\n\n b' }],
  ['```js\r\na\r\nb\r\n```', { language: 'js', text: 'a\nb' }],
  ['````md\n```\nin it\n```\n````', { language: 'md', text: '```\nin it\n```' }],
])('%j is one block of code', (text, code) => {
  expect(fencedCode(text)).toEqual(code);
});

test.each([
  'let a;',
  '`let a;`',
  '```let a;```',
  '```\n```',
  'See:\n```\na\n```',
  '```\na\n```\nand so on',
  '```\na\n```\nand\n```\nb\n```',
  '```\na\n',
])('%j is not', (text) => {
  expect(fencedCode(text)).toBeUndefined();
});
