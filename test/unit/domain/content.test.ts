import { describe, expect, test } from 'vitest';
import { type ContentFields, contentErrors, editErrors } from '../../../src/domain/content.ts';

const fields = (errors: readonly { field: string }[]): string[] => errors.map(({ field }) => field);
const URL = 'https://example.org/';

describe('the fields of a new message', () => {
  test.each<[string, ContentFields]>([
    ['text without a type', { text: 'Hello' }],
    ['text', { type: 'text', text: 'Hello' }],
    ['markdown', { type: 'markdown', text: '# Hello' }],
    ['code with its language', { type: 'code', text: 'x', language: 'ts' }],
    ['code without one', { type: 'code', text: 'x' }],
    ['a link with text', { type: 'link', text: 'Look', url: URL }],
    ['a link without text', { type: 'link', text: '', url: URL }],
    ['a task', { type: 'task', text: 'Buy milk', done: false }],
    ['a task that does not say whether it is done', { type: 'task', text: 'Buy milk' }],
    ['text with white space around', { text: '\n a ' }],
    ['text of one zero-width character', { text: '\u200b' }],
  ])('fit: %s', (_, content) => {
    expect(contentErrors(content)).toEqual([]);
  });

  test.each<[string, ContentFields, string[]]>([
    ['no text', { text: '' }, ['text']],
    ['white space alone', { text: ' \t\n\u00a0\u3000\u2028\ufeff' }, ['text']],
    ['white space alone in a link', { type: 'link', text: ' ', url: URL }, ['text']],
    ['an empty task', { type: 'task', text: '' }, ['text']],
    ['a link without url', { type: 'link', text: 'x' }, ['url']],
    ['a url elsewhere', { type: 'text', text: 'x', url: URL }, ['url']],
    ['a language elsewhere', { type: 'markdown', text: 'x', language: 'ts' }, ['language']],
    ['done elsewhere', { text: 'x', done: false }, ['done']],
    [
      'all at once',
      { type: 'text', text: ' ', url: URL, language: 'ts', done: true },
      ['text', 'url', 'language', 'done'],
    ],
    [
      'all that a link can get wrong',
      { type: 'link', text: ' ', language: 'ts', done: true },
      ['text', 'url', 'language', 'done'],
    ],
  ])('do not fit: %s', (_, content, expected) => {
    const errors = contentErrors(content);
    expect(fields(errors)).toEqual(expected);
    for (const { field, detail } of errors) expect(detail).toContain(field);
  });
});

describe('the fields of an edit', () => {
  const text = { type: 'text', text: 'Hello' };
  const link = { type: 'link', text: '', url: URL };
  const code = { type: 'code', text: 'x', language: 'ts' };
  const task = { type: 'task', text: 'x', done: true };

  test.each<[string, ContentFields, ContentFields]>([
    ['nothing', {}, text],
    ['other text', { text: 'Bye' }, text],
    ['no text in a link', { text: '' }, { ...link, text: 'Look' }],
    ['another url', { url: 'https://example.com/' }, link],
    ['text to code', { type: 'code', language: 'ts' }, text],
    ['code to text, whose language goes', { type: 'text' }, code],
    ['a task to text, whose done goes', { type: 'text' }, task],
    ['text to a link', { type: 'link', url: URL }, text],
    ['a link to text, with text', { type: 'text', text: 'Look' }, link],
    ['done', { done: false }, task],
    ['a message of an unknown type', { text: 'x' }, { type: 'poll', text: 'y' }],
    ['what was odd before stays', { done: true }, { type: 'task', text: ' ' }],
  ])('fit: %s', (_, edit, current) => {
    expect(editErrors(edit, current)).toEqual([]);
  });

  test.each<[string, ContentFields, ContentFields, string[]]>([
    ['no text', { text: '' }, text, ['text']],
    ['white space for text', { text: ' ' }, link, ['text']],
    ['a url in text', { url: URL }, text, ['url']],
    ['a language in text', { language: 'ts' }, text, ['language']],
    ['done in code', { done: true }, code, ['done']],
    ['text to a link without url', { type: 'link' }, text, ['url']],
    ['an empty link to text', { type: 'text' }, link, ['text']],
    ['code to text with a language', { type: 'text', language: 'js' }, code, ['language']],
  ])('do not fit: %s', (_, edit, current, expected) => {
    expect(fields(editErrors(edit, current))).toEqual(expected);
  });
});
