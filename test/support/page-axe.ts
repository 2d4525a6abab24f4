import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** What axe finds wrong on the page as it stands, by WCAG 2.2 AA and good practice, in words. */
export async function troubles(page: Page): Promise<string[]> {
  // The content security policy keeps a script out that comes as a tag; the debugger's is not the page's.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(await source);
  const violations = (await page.evaluate(
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as Violation[];
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}\n${html.slice(0, 200)}\n${failureSummary}`),
  );
}
