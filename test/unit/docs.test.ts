import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { isConfigError, readConfig } from '../../src/config.ts';
import { ROUTES } from '../../src/http/routes/index.ts';
import { fold } from '../../src/journal/fold.ts';
import { readJournal } from '../../src/journal/split.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

const readme = read('README.md');
const configuration = read('docs/configuration.md');
const api = read('docs/api.md');
const contributing = read('CONTRIBUTING.md');

/** The first cell of each row of the tables in a text, without their heads. */
const firstCells = (text: string): string[] =>
  [...text.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell]) => (cell as string).replaceAll('`', ''));

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] as string);

describe('variables', () => {
  const [, schema = ''] = /const variables = z\.object\(\{\n(.*?)\n\}\);/s.exec(read('src/config.ts')) ?? [];
  const known = sorted(all(schema, /^ {2}([A-Z_]+):/gm));
  const example = read('.env.example');

  test('are in the table of docs/configuration.md, all of them and no others', () => {
    expect(known).toContain('REPOSITORY_NAME');
    expect(sorted(firstCells(configuration))).toEqual(known);
  });

  test('are in .env.example, each once', () => {
    expect(all(example, /^#? ?([A-Z_]+)=/gm).sort()).toEqual(known);
  });

  test('are all commented out in .env.example, and their examples are valid', () => {
    expect(parse(example)).toEqual({});
    const values = parse(example.replace(/^# ([A-Z_]+=)/gm, '$1'));
    expect(sorted(Object.keys(values))).toEqual(known);
    const config = readConfig(values, join(root, 'test'));
    expect(isConfigError(config) ? config.lines : []).toEqual([]);
  });
});

test('routes are in the table of docs/api.md, all of them and no others', () => {
  const served = ROUTES.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(served).toContain('POST /messages');
  expect(sorted(firstCells(api))).toEqual(sorted(['GET /', ...served]));
});

test('the places that architecture.md names for a change exist', () => {
  const [, table = ''] = /## Where a change belongs\n(.*?)\n## /s.exec(read('docs/architecture.md')) ?? [];
  const places = all(table, /`(\w+\/[\w./-]+)`/g);
  expect(places.length).toBeGreaterThan(20);
  expect(places.filter((place) => !existsSync(join(root, 'src', place)))).toEqual([]);
});

describe('scripts', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const pages = readme + contributing;

  test('that README and CONTRIBUTING name exist', () => {
    const named = [...all(pages, /\bnpm run ([\w:-]+)/g), ...all(pages, /\bnpm (start|test)\b/g)];
    expect(named).toContain('check');
    expect(sorted(named).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('are all named in README or CONTRIBUTING', () => {
    const isNamed = (name: string) => new RegExp(`\`(npm (run )?)?${name}\``).test(pages);
    expect(Object.keys(scripts).filter((name) => !isNamed(name))).toEqual([]);
  });
});

describe('pages', () => {
  const pages = ['.', 'docs', 'docs/adr'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );

  /** The text without its examples, which are no Markdown. */
  const prose = (path: string): string => read(path).replace(/^( *)```.*?^\1```/gms, '');

  /** The anchors of a page's headings, as GitHub makes them. */
  const anchors = (path: string): string[] =>
    all(prose(path), /^#+ (.+)$/gm).map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  test.each(pages)('%s has no link that leads nowhere', (page) => {
    const links = all(prose(page), /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/i.test(link));
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(root, page) : resolve(root, dirname(page), path);
      const found = statSync(target, { throwIfNoEntry: false });
      if (!found || relative(root, target).startsWith('..')) return true;
      return anchor !== undefined && !anchors(relative(root, target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('name tests that are there, in SECURITY', () => {
    const named = all(read('SECURITY.md'), /`(test\/[^`]+)`/g);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !statSync(join(root, path), { throwIfNoEntry: false }))).toEqual([]);
  });

  test('name every decision in CONTRIBUTING', () => {
    const decisions = pages.filter((page) => page.startsWith('docs/adr/'));
    expect(decisions.length).toBeGreaterThan(0);
    expect(decisions.filter((page) => !contributing.includes(`(${page})`))).toEqual([]);
  });

  test('show lines of a journal that are what they say', () => {
    const example = all(read('docs/format.md'), /^(\{"v":1.*\})$/gm).join('\n');
    const { lines, problems } = readJournal(Buffer.from(`${example}\n`));
    expect(problems).toEqual([]);
    expect(lines).toHaveLength(2);
    expect(fold(lines).heads.map(({ revision }) => revision)).toEqual([2]);
  });
});
