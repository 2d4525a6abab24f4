import { z } from 'zod';
import { exportQuery } from '../../contract/export.ts';
import { parseSearch } from '../../domain/query.ts';
import { fail } from '../../domain/result.ts';
import { rendererOf } from '../../export/formats.ts';
import { exportMessages } from '../../services/exports/export-messages.ts';
import { type Route, route, written } from '../route.ts';
import { endStream, writeChunk } from '../write-chunk.ts';
import { unknownRepository } from './repositories.ts';

const file = z.string();

export const exportRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/export',
    operationId: 'exportMessages',
    summary: 'Messages as a file, in a format of your choice',
    query: exportQuery,
    answers: {
      200: written('The file', {
        'application/x-ndjson': file,
        'application/json': file,
        'text/markdown': file,
        'text/html': file,
        'text/csv': file,
        'application/mbox': file,
        'application/atom+xml': file,
      }),
    },
    failures: ['unknown-repository', 'unavailable'],
    handle: async ({ query, response }, { reader, repositories }) => {
      const { format = 'ndjson', revisions, q, ...fields } = query;
      if (revisions !== undefined && format !== 'ndjson') return onlyNdjson;
      if (fields.repository !== undefined && !repositories.find(fields.repository))
        return unknownRepository([fields.repository]);
      const terms = parseSearch(q ?? '');
      if (!terms.ok) return terms;
      const ready = await reader.ready(fields.repository);
      if (!ready.ok) return ready;
      const now = new Date();
      const renderer = rendererOf(format, revisions ?? 'current', now);
      const name = `gitpost-${now.toISOString().slice(0, 10)}.${renderer.extension}`;
      response.setHeader('Content-Type', renderer.type);
      response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
      response.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      const filter = { ...fields, terms: terms.value };
      for await (const chunk of exportMessages(reader, filter, renderer))
        if (!(await writeChunk(response, chunk))) return undefined;
      endStream(response);
      return undefined;
    },
  }),
];

const onlyNdjson = fail(
  'invalid',
  'Only ndjson has revisions. Leave out revisions, or ask for format=ndjson.',
  {
    errors: [{ field: 'revisions', detail: 'revisions is only for ndjson' }],
  },
);
