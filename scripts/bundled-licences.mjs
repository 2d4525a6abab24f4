import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of all packages whose code is in the built files, as one text: most of them ask for that.
 * @param {string} root
 * @param {readonly import('esbuild').Metafile[]} builds
 */
export function bundledLicences(root, builds) {
  const folders = new Set();
  for (const { outputs } of builds) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  const parts = [...folders].sort().map((folder) => licenceOf(join(root, folder)));
  return [
    'gitpost contains code of these packages. Its own licence is in LICENSE.\n',
    ...new Map(parts.map((part) => [part, part])).keys(),
  ].join(`\n${'-'.repeat(80)}\n\n`);
}

/** @param {string} folder */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0) throw new Error(`${name} is in the bundle and has no file with its licence`);
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
