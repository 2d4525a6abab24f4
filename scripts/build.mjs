// Builds the server into dist/ and the page into public/.
//   node scripts/build.mjs            build
//   node scripts/build.mjs --missing  build only where the output is missing or older than its sources
//   node scripts/build.mjs --watch    build again at each change
import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** @type {import('esbuild').BuildOptions} */
const server = {
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts', verify: 'src/verify.ts' },
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: true,
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const page = {
  absWorkingDir: root,
  entryPoints: { app: 'src/web/app.tsx' },
  outdir: 'public/assets',
  bundle: true,
  // What only some messages need comes in chunks of its own, so that the first script stays small.
  splitting: true,
  chunkNames: 'chunk-[hash]',
  minify: true,
  platform: 'browser',
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  sourcemap: true,
  logLevel: 'warning',
};

const outputs = ['dist/main.js', 'dist/verify.js', 'public/assets/app.js', 'public/assets/app.css'];
const sources = ['src', 'package-lock.json', 'scripts/build.mjs'];

if (process.argv.includes('--missing') && isFresh()) process.exit(0);

if (process.argv.includes('--watch')) {
  for (const options of [server, page]) await (await context({ ...options, logLevel: 'info' })).watch();
} else {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  rmSync(join(root, 'public/assets'), { recursive: true, force: true });
  await Promise.all([build(server), build(page)]);
}

/** Whether every output exists and none of the sources was changed after the oldest of them. */
function isFresh() {
  const built = outputs.map((file) => modified(join(root, file)));
  return Math.min(...built) >= Math.max(...sources.map((source) => newest(join(root, source))));
}

/** @param {string} path */
function newest(path) {
  if (!statSync(path).isDirectory()) return modified(path);
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return Math.max(...entries.map((entry) => modified(join(entry.parentPath, entry.name))));
}

/** @param {string} path */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
