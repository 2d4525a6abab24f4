import { expect, test } from 'vitest';
import { codeBlock, inlineCode } from '../../../src/domain/markdown.ts';

test('code with more runs of backticks than a function takes arguments is fenced', () => {
  const text = '` '.repeat(300_000);
  expect(inlineCode(text).slice(0, 4)).toBe('`` `');
  expect(codeBlock(`${text}\`\`\`\`\``).slice(0, 8)).toBe('\n``````\n');
});
