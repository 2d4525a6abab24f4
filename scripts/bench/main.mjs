// Measures gitpost against what people would use instead, side by side in one run, and prints a table in Markdown.
//   npm run bench              the whole, with a million messages: about half an hour
//   npm run bench -- --quick   fewer rounds and smaller archives: under two minutes
//   npm run bench -- writing   one part alone: writing, import, scale, page or growth
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { folder } from './environment.mjs';
import { GROWTH_HEAD, growthRows } from './growth.mjs';
import { importRows } from './import.mjs';
import { pageRows } from './page.mjs';
import { scaleRows } from './scale.mjs';
import { writingRows } from './writing.mjs';

const HEAD = ['work', 'gitpost', 'against', '', 'ratio', 'aim', 'event loop held'];
const parts = { writing: writingRows, import: importRows, scale: scaleRows, page: pageRows };
const names = [...Object.keys(parts), 'growth'];
const asked = names.filter((name) => process.argv.includes(name));
const wanted = new Set(asked.length > 0 ? asked : names);

try {
  console.log(`${machine()}\n`);
  if (Object.keys(parts).some((name) => wanted.has(name))) printHead(HEAD);
  for (const [name, rows] of Object.entries(parts)) {
    if (!wanted.has(name)) continue;
    for await (const row of await rows()) print(cellsOf(row));
  }
  if (wanted.has('growth')) {
    console.log('');
    printHead(GROWTH_HEAD);
    for await (const cells of growthRows()) print(cells);
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function machine() {
  const version = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}: ${cpus().length} × ${cpus()[0]?.model.trim()}, ${memory}, node ${process.version}, ${version}, core.fsync=committed`;
}

/** Times and sizes are better where the ratio is small, rates where it is large. */
function cellsOf({ work, against, ours, theirs, unit, aim, loop }) {
  const figure = (value) => `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
  const held = loop === undefined ? '' : `${loop.toFixed(0)} ms`;
  return [
    work,
    figure(ours),
    against,
    figure(theirs),
    `${(ours / theirs).toPrecision(2)} ×`,
    aim && `${aim} ×`,
    held,
  ];
}

function printHead(cells) {
  print(cells);
  print(Array(cells.length).fill('---'));
}

function print(cells) {
  console.log(`| ${cells.join(' | ')} |`);
}
