import { expect, test } from 'vitest';
import { kindOf, withScheme } from '../../../src/web/text/kind.ts';

test.each([
  ['Just words', { type: 'markdown', text: 'Just words' }],
  ['```ts\nconst a = 1;\n```', { type: 'code', text: 'const a = 1;', language: 'ts' }],
  ['before\n```ts\na\n```', { type: 'markdown', text: 'before\n```ts\na\n```' }],
  ['- [ ] bread', { type: 'task', text: 'bread', done: false }],
  ['- [x] bread ', { type: 'task', text: 'bread', done: true }],
  ['- [ ] bread\n- [ ] milk', { type: 'markdown', text: '- [ ] bread\n- [ ] milk' }],
  ['/task bread\nand milk\n', { type: 'task', text: 'bread\nand milk', done: false }],
  ['/tasks', { type: 'markdown', text: '/tasks' }],
  [' https://example.org/a?b#c\n', { type: 'link', text: '', url: 'https://example.org/a?b#c' }],
  ['github.com/x', { type: 'link', text: '', url: 'https://github.com/x' }],
  ['www.example.org/x', { type: 'link', text: '', url: 'https://www.example.org/x' }],
  ['and/or', { type: 'markdown', text: 'and/or' }],
  ['example.org', { type: 'markdown', text: 'example.org' }],
  ['see https://example.org/', { type: 'markdown', text: 'see https://example.org/' }],
  ['javascript:alert(1)', { type: 'markdown', text: 'javascript:alert(1)' }],
])('what %j is', (text, kind) => {
  expect(kindOf(text)).toEqual(kind);
});

test('an address gets the scheme that people leave out, and a script none', () => {
  expect(withScheme('github.com/x')).toBe('https://github.com/x');
  expect(withScheme('localhost.test:8080/x')).toBe('https://localhost.test:8080/x');
  expect(withScheme(' http://example.org ')).toBe('http://example.org');
  for (const none of ['javascript:alert(1)', 'data:text/html,x', 'no address', 'word', '']) {
    expect(withScheme(none)).toBeUndefined();
  }
});

test('no text holds up the page', () => {
  const started = performance.now();
  for (const part of ['www.a.', '- [ ] ', '/task ', 'a.b-', '``` ', 'https://a.']) {
    kindOf(`${part.repeat(Math.ceil(65_536 / part.length))} (`);
  }
  expect(performance.now() - started).toBeLessThan(2000);
});
