import { z } from 'zod';
import { exportQuery } from '../../contract/export.ts';
import { fail, ok } from '../../domain/result.ts';
import { rendererOf } from '../../export/formats.ts';
import { exportMessages } from '../../services/exports/export-messages.ts';
import { type Route, route, written } from '../route.ts';
import { select } from '../selection.ts';
import { endStream, writeChunk } from '../write-chunk.ts';

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
      const { format = 'ndjson', revisions, ...selection } = query;
      if (revisions !== undefined && format !== 'ndjson') return onlyNdjson;
      const selected = select(selection, repositories);
      if (!selected.ok) return selected;
      const { filter, asOf } = selected.value;
      const ready = await reader.ready(filter.repository);
      if (!ready.ok) return ready;
      const past = asOf === undefined ? ok(undefined) : await reader.past(asOf, filter.repository);
      if (!past.ok) return past;
      const now = new Date();
      const renderer = rendererOf(format, revisions ?? 'current', now);
      const name = `gitpost-${now.toISOString().slice(0, 10)}.${renderer.extension}`;
      response.setHeader('Content-Type', renderer.type);
      response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
      response.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      for await (const chunk of exportMessages(reader, filter, renderer, past.value))
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
