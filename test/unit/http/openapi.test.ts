import { expect, it } from 'vitest';
import { openApiDocument } from '../../../src/http/openapi.ts';
import { failuresOf, type OperationId, OUTSIDE } from '../../../src/http/operation-failures.ts';
import { kindOf, PROBLEM_CODES } from '../../../src/http/problem.ts';

type Operation = { operationId: OperationId; responses: Record<string, { description: string }> };

const { paths } = openApiDocument('0') as { paths: Record<string, Record<string, Operation>> };
const operations = Object.values(paths).flatMap((item) =>
  Object.entries(item).flatMap(([method, operation]) => (method === 'parameters' ? [] : [operation])),
);

it('every kind of failure belongs to an operation, or to none of them on purpose', () => {
  const known = new Set([...OUTSIDE, ...operations.flatMap(({ operationId }) => failuresOf(operationId))]);
  expect(PROBLEM_CODES.filter((code) => !known.has(code))).toEqual([]);
});

it('every operation declares the status of each of its failures, with its title', () => {
  for (const { operationId, responses } of operations) {
    for (const code of failuresOf(operationId)) {
      const { status, title } = kindOf(code);
      expect(responses[status]?.description, `${operationId}: ${code}`).toContain(title);
    }
  }
});
