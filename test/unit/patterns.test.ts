import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { timesOf, tooSlow } from '../support/deadline.ts';

/**
 * Every regular expression in the sources is run against texts that are made of its own pieces, as long as a message may
 * be. One that tries each place again takes seconds for that; the others take a few milliseconds.
 */

const root = fileURLToPath(new URL('../../src', import.meta.url));

interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** Where patterns are made of strings: what is in them is said here, so a new place fails until somebody has looked. */
const MADE = new Map([
  ['git/words.ts', 'the names of a repository, each character of which stands for itself'],
  ['domain/secrets.ts', 'the forms that `key` is given, which are found in the source'],
  ['mirror/search/json-prefilter.ts', 'at most 32 characters of a search, each of which stands for itself'],
]);

function patternsIn(file: string): { patterns: Pattern[]; made: number } {
  const patterns: Pattern[] = [];
  let made = 0;
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const {
      type,
      regex,
      callee,
      arguments: given,
    } = node as Record<string, never> & {
      type?: string;
      regex?: { pattern: string; flags: string };
      callee?: { name?: string };
      arguments?: { value?: unknown }[];
    };
    if (type === 'Literal' && regex) patterns.push({ file, source: regex.pattern, flags: regex.flags });
    if (callee?.name === 'RegExp') made += 1;
    const form = given?.[1]?.value;
    if (callee?.name === 'key' && typeof form === 'string') {
      patterns.push({ file, source: `(?<![\\w-])(?:${form})`, flags: '' });
    }
    Object.values(node).forEach(look);
  };
  const lang = file.endsWith('x') ? 'tsx' : 'ts';
  look(parseAst(readFileSync(join(root, file), 'utf8'), { lang }));
  return { patterns, made };
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replaceAll('\\', '/'));

/** In milliseconds. What grows with the square of the length takes longer for 32 K. */
const LIMIT = 400;

/** The patterns that are slow with a text that is made of them. */
async function slowAmong(patterns: readonly Pattern[], deadline?: number): Promise<string[]> {
  const times = await timesOf(
    `import { attacksOn } from './attack.ts';
    const pieces = (function* () {
      for (const { file, source, flags } of ${JSON.stringify(patterns)}) {
        const pattern = new RegExp(source, flags.includes('g') ? flags : flags + 'g');
        for (const text of attacksOn(source)) {
          const name = file + ' /' + source + '/' + flags + ' with ' + JSON.stringify(text.slice(0, 60));
          yield [name, () => text.replace(pattern, '')];
        }
      }
    })();`,
    LIMIT,
    deadline,
  );
  return tooSlow(times, LIMIT);
}

test.each([
  ['a{8,}b', 'a repetition without an end'],
  ['x=[^ ]{8,}(?= )', 'one that may hold its own beginning'],
  ['^```[ ]*([^\\s`]*)[^`]*\\n', 'two that overlap'],
  ['^(?:a+)+$', 'one in another'],
  ['\\/+$', 'one at the end of a text'],
])('%s is found to be slow: %s', async (source) => {
  const [slow = ''] = await slowAmong([{ file: 'here', source, flags: '' }], 3 * LIMIT);
  expect(slow).toContain(source);
});

test('no regular expression takes long with any text', { timeout: 300_000 }, async () => {
  const found = files.map((file) => ({ file, ...patternsIn(file) }));
  const made = found.filter(({ made }) => made > 0).map(({ file }) => file);
  expect(made.sort()).toEqual([...MADE.keys()].sort());
  const patterns = found.flatMap(({ patterns }) => patterns);
  expect(patterns.length).toBeGreaterThan(150);
  expect(await slowAmong(patterns)).toEqual([]);
});
