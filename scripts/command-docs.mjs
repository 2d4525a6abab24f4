// Writes what the table of verbs says into docs/cli.md and docs/gitpost.1.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/document.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
});
const source = Buffer.from(outputFiles[0].contents).toString('base64');
const { dateOf, manPage, markdownOfVerbs } = await import(`data:text/javascript;base64,${source}`);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const page = join(root, 'docs/cli.md');
const marked = /(?<=<!-- verbs -->\n\n).*(?=<!-- end of verbs -->)/s;
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(marked, () => `${markdownOfVerbs()}\n`),
);
const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
writeFileSync(join(root, 'docs/gitpost.1'), manPage(version, dateOf(version, changelog)));
