import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The package's root, relative to this file once it is built: it is in `dist/`, next to `public/`. */
const root = new URL('../', import.meta.url);

/** The folder of the page's files. */
export const publicDirectory = fileURLToPath(new URL('public/', root));

/** The script that reads journals in threads. */
export const fillingScript = new URL('dist/filling.js', root);

/** The script of the process that starts gits. */
export const launcherScript = fileURLToPath(new URL('dist/launcher.js', root));

export const version = (): string =>
  (JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }).version;
