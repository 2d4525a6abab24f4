import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const dist = new URL('../../dist/', import.meta.url);
const files = readdirSync(dist).filter((name) => name.endsWith('.js'));
const read = (name: string): string => readFileSync(new URL(name, dist), 'utf8');

test('the built server imports only what comes with Node, and its own files', () => {
  expect(files).toContain('main.js');
  const builtIn = new Set(builtinModules);
  const isThere = (name: string) =>
    builtIn.has(name.replace(/^node:/, '')) || files.includes(name.replace(/^\.\//, ''));
  const imported = files.flatMap((file) =>
    [
      ...read(file).matchAll(/^(?:import|export)\b[^'"\n;]*?(?:\bfrom )?["']([^"'\n]+)["'];$/gm),
      ...read(file).matchAll(/^\} from "([^"]+)";$/gm),
    ].map(([, name = '']) => name),
  );
  expect(imported.length).toBeGreaterThan(20);
  expect(imported.filter((name) => !isThere(name))).toEqual([]);
});

test('the licences of bundled packages are in one file', () => {
  const licences = read('licences.txt');
  for (const name of ['express', 'zod', 'preact', 'highlight.js', 'simple-git'])
    expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\S* \\([\\w.-]+\\)$`, 'm'));
});

/** What a page loads before it shows anything, and the command before it does anything; in KiB, compressed. */
const BUDGETS = [
  ['public/assets/app.js', 72],
  ['public/assets/app.css', 12],
  ['dist/gitpost.js', 24],
] as const;

test.each(BUDGETS)('%s has at most %i KiB, compressed', (file, most) => {
  const bytes = readFileSync(new URL(`../../${file}`, import.meta.url));
  expect(Math.ceil(gzipSync(bytes, { level: 9 }).length / 1024)).toBeLessThanOrEqual(most);
});
