import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const { packages } = read('package-lock.json') as {
  packages: Record<string, { version: string; engines?: { node?: string } }>;
};

/** The oldest Node that is supported, and the oldest of each later line with long-term support that installs all tools. */
const VERSIONS = ['20.19.0', '22.13.0', '24.0.0', '26.0.0'];

type Version = readonly [number, number, number];

function versionOf(text: string): Version {
  const match = /^v?(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?$/.exec(text);
  if (!match) throw new Error(`${JSON.stringify(text)} is no version that this test can read`);
  return [Number(match[1]), Number(match[2] ?? 0) || 0, Number(match[3] ?? 0) || 0];
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** Whether a range of npm accepts a version; only the forms that the lock file uses are read. */
function accepts(range: string, version: string): boolean {
  const asked = versionOf(version);
  return range.split('||').some((alternative) => {
    const [, operator = '', text = ''] = /^\s*(>=|\^|<|)\s*(\S+)\s*$/.exec(alternative) ?? [];
    if (text === '*') return true;
    const bound = versionOf(text);
    if (operator === '<') return compare(asked, bound) < 0;
    return compare(asked, bound) >= 0 && (operator === '>=' || asked[0] === bound[0]);
  });
}

test('reads ranges as npm does', () => {
  expect(accepts('^20.19.0 || >=22.12.0', '20.19.0')).toBe(true);
  expect(accepts('^20.19.0 || >=22.12.0', '22.11.9')).toBe(false);
  expect(accepts('^20.19.0 || >=22.12.0', '21.0.0')).toBe(false);
  expect(accepts('>=22', '20.19.0')).toBe(false);
  expect(accepts('20 || 24', '24.3.1')).toBe(true);
  expect(() => accepts('~20.1', '20.1.0')).toThrow();
});

test.each(VERSIONS)('every package of the lock file installs on Node %s', (version) => {
  const asking = Object.entries(packages).filter(([, { engines }]) => engines?.node !== undefined);
  expect(asking.length).toBeGreaterThan(100);
  const refusing = asking.filter(([, { engines }]) => !accepts(engines?.node as string, version));
  expect(refusing.map(([path, { engines, version: own }]) => `${path} ${own}: ${engines?.node}`)).toEqual([]);
});
