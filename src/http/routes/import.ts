import type { Response } from 'express';
import { importLineSchema, importQuery } from '../../contract/import.ts';
import { ok, type Result } from '../../domain/result.ts';
import { toJson } from '../../domain/unicode.ts';
import type { ImportRequest, Progress, Scan } from '../../services/imports/request.ts';
import { unknownRepository } from '../../services/unknown-repository.ts';
import { NDJSON } from '../body.ts';
import { type ProblemInput, toProblem } from '../problem.ts';
import { type Route, raw, route, written } from '../route.ts';
import { spool } from '../spool.ts';
import { endStream } from '../write-chunk.ts';

const MOST_BYTES = 2 * 2 ** 30;
const WORDS = { nothing: 'Nothing was imported', send: 'Send the export file as it is.' };

export const importRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/import',
    operationId: 'importMessages',
    summary: 'Import an export of another program, or journal lines',
    description:
      'The file is read to its end first. Nothing is written of one that is broken, or that needs `zone` or `dates`: ' +
      'these are problem documents, or the last line of the answer if it has begun, which it does after 1,000 messages. ' +
      'Each line of the answer is {"progress":{…}}, and the last one is ' +
      '{"result":{…}} or {"problem":{…}}. The same file again adds nothing.',
    query: importQuery,
    body: raw,
    answers: { 200: written('Progress, and at the end the result', { [NDJSON]: importLineSchema }) },
    failures: [
      ...(['unknown-repository', 'busy', 'looks-secret', 'import-refused'] as const),
      ...(['import-ambiguous', 'import-stopped', 'unavailable'] as const),
    ],
    handle: async ({ query, request, response }, { imports, importFolder, repositories }) => {
      const {
        repository = repositories.primary,
        dryRun,
        confirm,
        format = 'auto',
        conversations,
        ...more
      } = query;
      if (!repositories.find(repository)) return unknownRepository([repository], repositories);
      const only = conversations === undefined ? undefined : idsOf(conversations);
      if (only === null) return badConversations;
      const release = imports.reserve();
      if (!release) return busy;
      let end: (() => void) | undefined;
      try {
        const spooled = await spool(request, { folder: importFolder, most: MOST_BYTES, words: WORDS });
        if (!spooled.ok) return spooled;
        const { path, remove } = spooled.value;
        try {
          const asked: ImportRequest = {
            ...more,
            path,
            repository,
            format,
            confirm: confirm === 'true',
            conversations: only,
          };
          const report = reporter(response);
          const isWanted = () => !response.destroyed;
          const scan = await imports.scan(asked, report, isWanted);
          if (!scan.ok && !response.headersSent) return scan;
          if (scan.ok) report({ stage: 'reading', done: scan.value.messages, total: scan.value.messages });
          const isDryRun = dryRun === 'true';
          const done: Result<unknown, ProblemInput> =
            scan.ok && !isDryRun ? await imports.write(asked, scan.value, report, isWanted) : resultOf(scan);
          const line = toJson(done.ok ? { result: done.value } : { problem: toProblem(done.failure) });
          end = () => endStream(response, `${line}\n`);
        } finally {
          await remove();
        }
      } finally {
        release();
        // The last line is sent after everything is cleaned up, so the next import can start immediately.
        end?.();
      }
      return undefined;
    },
  }),
];

/** The answer to a dry run. */
const resultOf = (scan: Result<Scan>): Result<unknown> => (scan.ok ? ok(scan.value.result) : scan);

/** Sends the progress of an import. The first report starts the answer. */
function reporter(response: Response): (progress: Progress) => void {
  return (progress) => {
    if (!response.headersSent) response.setHeader('Content-Type', `${NDJSON}; charset=utf-8`);
    response.write(`${toJson({ progress })}\n`);
  };
}

/** The ids in a JSON list; `null` if it is not one. */
function idsOf(json: string): readonly string[] | null {
  try {
    const ids: unknown = JSON.parse(json);
    return Array.isArray(ids) && ids.every((id) => typeof id === 'string') ? ids : null;
  } catch {
    return null;
  }
}

const badConversations = {
  ok: false,
  failure: {
    code: 'invalid',
    detail: 'Nothing was imported: conversations must be a JSON list of ids, as a dry run names them.',
    errors: [{ field: 'conversations', detail: 'conversations must be a JSON list of ids' }],
  },
} as const;

const busy = {
  ok: false,
  failure: {
    code: 'busy',
    detail: 'Another import is under way. Nothing was imported; try again when it is done.',
    retryAfter: 5,
  },
} as const;
