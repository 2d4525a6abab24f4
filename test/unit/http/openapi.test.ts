import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMON_FAILURES, kindOf, OUTSIDE, PROBLEM_CODES } from '../../../src/contract/problem.ts';
import { openApiDocument } from '../../../src/http/openapi.ts';
import { ROUTES } from '../../../src/http/routes/index.ts';

type Operation = { operationId: string; responses: Record<string, { description: string }> };

const { paths } = openApiDocument(ROUTES, '0') as { paths: Record<string, Record<string, Operation>> };
const operations = Object.values(paths).flatMap((item) =>
  Object.entries(item).flatMap(([method, operation]) => (method === 'parameters' ? [] : [operation])),
);

test('every kind of failure belongs to a route, or to none of them on purpose', () => {
  const known = new Set([...OUTSIDE, ...COMMON_FAILURES, ...ROUTES.flatMap(({ failures }) => failures)]);
  expect(PROBLEM_CODES.filter((code) => !known.has(code))).toEqual([]);
});

test('every operation declares the status of each of its failures, with its title', () => {
  expect(operations).toHaveLength(ROUTES.length);
  for (const { operationId, failures } of ROUTES) {
    const responses = operations.find((operation) => operation.operationId === operationId)?.responses;
    for (const code of [...COMMON_FAILURES, ...failures]) {
      const { status, title } = kindOf(code);
      expect(responses?.[status]?.description, `${operationId}: ${code}`).toContain(title);
    }
  }
});

test('every route that a file in routes/ declares is served', async () => {
  const folder = new URL('../../../src/http/routes/', import.meta.url);
  const declared: unknown[] = [];
  for (const file of readdirSync(folder).filter((name) => name !== 'index.ts')) {
    const exported = Object.values((await import(new URL(file, folder).href)) as object);
    declared.push(...exported.filter(Array.isArray).flat());
  }
  expect(new Set(declared)).toEqual(new Set(ROUTES));
});
