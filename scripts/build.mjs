// Builds the server into dist/ and the page into public/.
//   node scripts/build.mjs            build
//   node scripts/build.mjs --missing  build only where the output is missing or older than its sources
//   node scripts/build.mjs --watch    build again at each change
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { bundledLicences } from './bundled-licences.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** @type {import('esbuild').BuildOptions} */
const server = {
  absWorkingDir: root,
  entryPoints: {
    gitpost: 'src/gitpost.ts',
    main: 'src/main.ts',
    verify: 'src/verify.ts',
    filling: 'src/repository/reconcile/bulk/thread.ts',
    launcher: 'src/git/launcher/main.ts',
  },
  outdir: 'dist',
  bundle: true,
  // What several of the files need is in files of its own, and what only some calls need is read by these alone.
  splitting: true,
  chunkNames: 'chunk-[hash]',
  // Some packages are CommonJS, and require() what comes with Node.
  banner: {
    js: "import { createRequire as requireAt } from 'node:module'; const require = requireAt(import.meta.url);",
  },
  metafile: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: true,
  logLevel: 'warning',
};

/** What a browser keeps of the page besides what is built. */
const PAGE_FILES = [
  'public/index.html',
  'public/favicon.svg',
  'public/favicon-unread.svg',
  'public/icon-192.png',
  'public/manifest.webmanifest',
];

/**
 * Builds the service worker after the page, since it has to know the page's files by name.
 * @type {import('esbuild').Plugin}
 */
const worker = {
  name: 'service-worker',
  setup(page) {
    page.onEnd(async ({ metafile }) => {
      if (!metafile) return;
      const built = Object.keys(metafile.outputs).filter((file) => !file.endsWith('.map'));
      const files = [...PAGE_FILES, ...built.sort()];
      const hash = createHash('sha256');
      for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
      const paths = files.map((file) => file.replace(/^public/, '.').replace(/\/index\.html$/, '/'));
      await build({
        ...browser,
        entryPoints: { 'service-worker': 'src/web/worker/service-worker.ts' },
        outdir: 'public',
        define: { FILES: JSON.stringify(paths), VERSION: JSON.stringify(hash.digest('hex').slice(0, 12)) },
      });
    });
  },
};

/** @type {import('esbuild').BuildOptions} */
const browser = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'browser',
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const page = {
  ...browser,
  entryPoints: { app: 'src/web/app.tsx' },
  outdir: 'public/assets',
  // What only some messages need comes in chunks of its own, so that the first script stays small.
  splitting: true,
  chunkNames: 'chunk-[hash]',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  sourcemap: true,
  metafile: true,
  plugins: [worker],
};

const outputs = [
  'dist/gitpost.js',
  'dist/main.js',
  'dist/verify.js',
  'dist/filling.js',
  'dist/launcher.js',
  'dist/licences.txt',
  'public/assets/app.js',
  'public/assets/app.css',
  'public/service-worker.js',
];
const sources = [
  'src',
  ...PAGE_FILES,
  'package-lock.json',
  'scripts/build.mjs',
  'scripts/bundled-licences.mjs',
];

if (process.argv.includes('--missing') && isFresh()) process.exit(0);

if (process.argv.includes('--watch')) {
  for (const options of [server, page]) await (await context({ ...options, logLevel: 'info' })).watch();
} else {
  await buildAll().catch(refuse);
}

async function buildAll() {
  // The folders are tried before anything is removed, so what runs keeps its files.
  for (const folder of ['.', 'public', 'dist', 'public/assets']) {
    if (existsSync(join(root, folder))) accessSync(join(root, folder), constants.W_OK);
  }
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  rmSync(join(root, 'public/assets'), { recursive: true, force: true });
  rmSync(join(root, 'public/service-worker.js'), { force: true });
  const builds = await Promise.all([build(server), build(page)]);
  const licences = bundledLicences(
    root,
    builds.map(({ metafile }) => metafile),
  );
  writeFileSync(join(root, 'dist/licences.txt'), licences);
}

/**
 * A folder that can't be written to is nothing that a stack would explain.
 * @param {NodeJS.ErrnoException & { readonly errors?: readonly { readonly text: string }[] }} error
 */
function refuse(error) {
  const said = [error.message, ...(error.errors ?? []).map(({ text }) => text)].join(' ');
  if (!/EROFS|EACCES|EPERM|ENOSPC|read-only file system|permission denied|no space left/i.test(said))
    throw error;
  process.stderr.write(
    `gitpost: it is not built yet, and ${root} cannot be written to (${said.trim().split('\n')[0]}). ` +
      'Run "npm run build" where it can be, then start it again.\n',
  );
  process.exit(1);
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
