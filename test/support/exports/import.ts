import { expect } from 'vitest';
import type { ImportResult } from '../../../src/contract/import.ts';
import { type Answer, type Api, linesOfJson } from '../api.ts';

/** Sends a file to `POST /import`. */
export const sendExport = (api: Api, query: string, file: string | Uint8Array): Promise<Answer> =>
  api.send('POST', `/import${query}`, { raw: file, headers: { 'Content-Type': 'application/octet-stream' } });

/** Imports a file, which must go well, and returns its result. */
export async function importFile(api: Api, query: string, file: string | Uint8Array): Promise<ImportResult> {
  const answer = await sendExport(api, query, file);
  expect(answer.status, answer.text).toBe(200);
  const last = linesOfJson<{ result?: ImportResult }>(answer.text).at(-1);
  expect(last?.result, answer.text).toBeDefined();
  return last?.result as ImportResult;
}

/** How many messages of an export were left out or cut, by reason. */
export const skippedIn = (result: ImportResult): Record<string, number> =>
  Object.fromEntries(result.skipped.map(({ reason, count }) => [reason, count]));
