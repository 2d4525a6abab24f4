import { expect, test } from 'vitest';
import { slackText } from '../../../src/import/formats/slack-text.ts';

const NAMES = { users: new Map(), channels: new Map() };
const emoji = (unicode: string) => ({
  blocks: [
    {
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'emoji', name: 'family', unicode }] }],
    },
  ],
});

test('an emoji of several code points is one, and one of a million is cut', () => {
  expect(slackText(emoji('1f468-200d-1f469-200d-1f467'), NAMES).text).toBe('👨‍👩‍👧');
  expect(slackText(emoji(Array(1_000_000).fill('61').join('-')), NAMES).text).toBe('a'.repeat(16));
  expect(slackText(emoji('not-hex'), NAMES).text).toBe(':family:');
});
