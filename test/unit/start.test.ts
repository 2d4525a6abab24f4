import { expect, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import { refusalOf, StartRefused } from '../../src/start.ts';

const config = { reposDirectory: '/home/ann/repos', dataDirectory: '/home/ann/data' } as Config;
const trouble = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: raw words`), { code, syscall: 'open', ...(path ? { path } : {}) });

test.each([
  [
    trouble('EACCES', '/home/ann/repos/.gitpost.lock'),
    /no permission at \/home\/ann\/repos\/\.gitpost\.lock/,
  ],
  [trouble('EROFS', '/home/ann/repos'), /the disk is read-only at/],
  [trouble('ENOSPC'), /the disk is full\. Nothing was saved\. Make room there/],
  [trouble('EDQUOT'), /quota is used up\. Nothing was saved\. Make room there/],
])('%s is said in words, with the folders and a remedy', (error, words) => {
  const refusal = refusalOf(error, config);
  expect(refusal).toMatch(words);
  expect(refusal).toContain('/home/ann/repos and /home/ann/data');
  expect(refusal).not.toMatch(/raw words|E[A-Z]{4}/);
});

test('only what a person can fix is a refusal', () => {
  expect(refusalOf(new StartRefused('git is too old'), config)).toBe('git is too old');
  expect(refusalOf(new TypeError('a mistake of ours'), config)).toBeUndefined();
});
