import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXIT_CODES, manPage, markdownOfVerbs } from '../../../src/cli/document.ts';
import { EXIT } from '../../../src/cli/ending.ts';
import { VERBS } from '../../../src/cli/verbs.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/cli.md');

test('docs/cli.md says of each verb what its help says (npm run command-docs writes it)', () => {
  const [, verbs = ''] = page.split('<!-- verbs -->\n\n');
  expect(verbs.split('<!-- end of verbs -->')[0]).toBe(`${markdownOfVerbs()}\n`);
});

test('the man page is made from the same table (npm run command-docs writes it)', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(read('docs/gitpost.1')).toBe(manPage(version));
});

test('docs/cli.md names every exit code', () => {
  const rows = [...page.matchAll(/^\| `(\d)` \| (.*) \|$/gm)].map(([, code, meaning]) => [
    Number(code),
    meaning,
  ]);
  expect(rows).toEqual(EXIT_CODES);
  expect(rows.map(([code]) => code)).toEqual(Object.values(EXIT).sort());
});

test('no verb has two options of the same name or letter, and each has an example of itself', () => {
  for (const { name, options, examples } of VERBS) {
    const names = options.flatMap((option) => [option.name, ...(option.short ? [option.short] : [])]);
    expect(new Set(names).size, name).toBe(names.length);
    expect(
      examples.every(([command]) => command.includes('gitpost')),
      name,
    ).toBe(true);
    expect(examples.length, name).toBeGreaterThan(0);
  }
});
