import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dateOf, EXIT_CODES, manPage, markdownOfVerbs } from '../../../src/cli/document.ts';
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
  expect(read('docs/gitpost.1')).toBe(manPage(version, dateOf(version, read('CHANGELOG.md'))));
});

test('the man page has a date, the one of its version once that is released', () => {
  expect(dateOf('1.0.0', '# Changelog\n\n## 1.0.0, 2027-01-02\n')).toBe('2027-01-02');
  expect(dateOf('1.0.0', '# Changelog\n\n## 1.0.0, not released yet\n')).toMatch(/^\d{4}-\d\d-\d\d$/);
});

test.each([
  ['groff', ['-man', '-ww', '-Tutf8', '-z']],
  ['mandoc', ['-T', 'lint', '-W', 'warning']],
])('%s finds nothing wrong with the man page, if it is installed', (program, args) => {
  const path = fileURLToPath(new URL('../../../docs/gitpost.1', import.meta.url));
  const { error, stdout, stderr } = spawnSync(program, [...args, path], { encoding: 'utf8' });
  if (error) return;
  expect(`${stdout}${stderr}`).toBe('');
});

test.runIf(spawnSync('man', ['--version']).error === undefined)(
  'man shows the examples as they are typed',
  () => {
    const path = fileURLToPath(new URL('../../../docs/gitpost.1', import.meta.url));
    const env = { ...process.env, MANWIDTH: '200', LC_ALL: 'C.UTF-8' };
    const { stdout } = spawnSync('man', ['-P', 'cat', '-l', path], { encoding: 'utf8', env });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bold and underlined text for a terminal
    const text = stdout.replace(/.\x08|\x1b\[[\d;]*m/g, '');
    for (const { examples } of VERBS) for (const [command] of examples) expect(text).toContain(command);
  },
);

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
