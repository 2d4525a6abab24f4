import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where this file is once it is built: in `dist/`, next to `public/`. */
const root = new URL('../', import.meta.url);

/** The folder of the page's files. */
export const publicDirectory = fileURLToPath(new URL('public/', root));

/** What reads journals in threads. */
export const fillingScript = new URL('dist/filling.js', root);

export const version = (): string =>
  (JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }).version;
