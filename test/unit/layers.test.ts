import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** One import: the file that has it, and the file that it names, both below `src/`. */
interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether it imports nothing but types, which are gone once it is built. */
  readonly isType?: boolean;
}

/** Rows of folders, or single files, each of which may import from the rows before its own. */
type Layers = readonly (readonly string[])[];

const root = fileURLToPath(new URL('../../', import.meta.url));
const contributing = readFileSync(`${root}CONTRIBUTING.md`, 'utf8');

/** The rows of the table in CONTRIBUTING whose head names a folder. */
function layersOf(folder: string): Layers {
  const [, table = ''] = contributing.split(`| folders in \`${folder}\` |`);
  const [rows = ''] = table.split('\n\n');
  return [...rows.matchAll(/^\| (`[^|]*`) \|/gm)].map(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
}

const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));

const imports: readonly Import[] = files.flatMap((from) =>
  [
    ...readFileSync(`${root}src/${from}`, 'utf8').matchAll(
      /(?:(import type \{[^}]*\} )?from|import|import\() ?'(\.[^']+\.tsx?)'/g,
    ),
  ].map(([, type, to = '']) => ({
    from,
    to: posix.join(posix.dirname(from), to),
    isType: type !== undefined,
  })),
);

const isOfPage = (file: string): boolean => file.startsWith('web/');
const server = layersOf('src/');
const page = layersOf('src/web/');

/** The row of a file: that of the longest name that it lies in; `.` is what lies in none. */
function roomOf(file: string, layers: Layers): { readonly name: string; readonly row: number } {
  const names = layers.flat().filter((name) => file === name || file.startsWith(`${name}/`));
  const name = names.sort((a, b) => b.length - a.length)[0] ?? '.';
  return { name, row: layers.findIndex((row) => row.includes(name)) };
}

/** The imports that do not go to a row before, as text. */
function upward(all: readonly Import[], layers: Layers): string[] {
  return all.flatMap(({ from, to }) => {
    const [own, other] = [roomOf(from, layers), roomOf(to, layers)];
    const isAllowed = own.name === other.name || other.row < own.row;
    return isAllowed ? [] : [`${from} imports ${to}`];
  });
}

const within = (all: readonly Import[]): readonly Import[] =>
  all
    .filter(({ from, to }) => isOfPage(from) && isOfPage(to))
    .map(({ from, to }) => ({ from: from.slice(4), to: to.slice(4) }));

const ofServer = imports.filter(({ from }) => !isOfPage(from));
const ofPage = within(imports);

test('imports of the server go upwards in the table', () => {
  expect(ofServer.length).toBeGreaterThan(500);
  expect(upward(ofServer, server)).toEqual([]);
});

test('imports of the page go upwards in its table', () => {
  expect(ofPage.length).toBeGreaterThan(200);
  expect(upward(ofPage, page)).toEqual([]);
});

test('of the server, the page imports domain/, and types of contract/', () => {
  const across = imports.filter(({ from, to }) => isOfPage(from) !== isOfPage(to));
  const isAllowed = ({ to, isType }: Import) =>
    to.startsWith('domain/') || (isType && to.startsWith('contract/'));
  expect(across.some(({ to }) => to.startsWith('contract/'))).toBe(true);
  expect(across.filter((one) => !isAllowed(one))).toEqual([]);
});

test('every folder is in the table, and every row of it exists', () => {
  const folders = new Set(files.filter((file) => !isOfPage(file)).map((file) => roomOf(file, server).name));
  expect([...folders].sort()).toEqual(server.flat().sort());
  const rooms = new Set(files.filter(isOfPage).map((file) => roomOf(file.slice(4), page).name));
  expect([...rooms].sort()).toEqual(page.flat().sort());
  // A new folder below src/ must get a row of its own: only single files lie in none.
  const loose = files.filter((file) => !isOfPage(file) && roomOf(file, server).name === '.');
  expect(loose.filter((file) => dirname(file) !== '.')).toEqual([]);
});

test('an upward import is found in every folder', () => {
  for (const layers of [server, page]) {
    const names = layers.flat().filter((name) => name !== '.');
    const last = layers.flat().at(-1) as string;
    const fileIn = (name: string) =>
      /\.tsx?$/.test(name) ? name : `${name === '.' ? '' : `${name}/`}planted.ts`;
    for (const name of names.filter((one) => one !== last)) {
      expect(upward([{ from: fileIn(name), to: fileIn(last) }], layers), name).toHaveLength(1);
    }
  }
});

test('no files import each other in a circle', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) {
      circles.push([...way.slice(way.indexOf(file)), file].join(' > '));
      return;
    }
    if (done.has(file)) return;
    for (const other of next.get(file) ?? []) visit(other, [...way, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});
