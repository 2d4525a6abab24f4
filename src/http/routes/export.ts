import { z } from 'zod';
import { exportQuery } from '../../contract/export.ts';
import type { Filter } from '../../domain/query.ts';
import { fail } from '../../domain/result.ts';
import { rendererOf } from '../../export/formats.ts';
import type { Renderer } from '../../export/renderer.ts';
import type { Past } from '../../mirror/past.ts';
import { exportMessages } from '../../services/exports/export-messages.ts';
import { exportZip } from '../../services/exports/export-zip.ts';
import type { MessageReader } from '../../services/message-reader.ts';
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
        'application/zip': z.file(),
      }),
    },
    failures: ['unknown-repository', 'unavailable'],
    handle: async ({ query, response }, { reader, repositories, attachments }) => {
      const { format = 'ndjson', revisions, ...selection } = query;
      if (revisions !== undefined && format !== 'ndjson' && format !== 'zip') return onlyNdjson;
      const selected = await select(selection, { reader, repositories });
      if (!selected.ok) return selected;
      const { filter, past } = selected.value;
      const now = new Date();
      const wanted = { reader, filter, past };
      const { type, extension, chunks } =
        format === 'zip'
          ? {
              type: 'application/zip',
              extension: 'zip',
              chunks: exportZip({ ...wanted, attachments, revisions: revisions ?? 'all', now }),
            }
          : documentOf(wanted, rendererOf(format, revisions ?? 'current', now));
      const name = `gitpost-${now.toISOString().slice(0, 10)}.${extension}`;
      response.setHeader('Content-Type', type);
      response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
      response.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      for await (const chunk of chunks) if (!(await writeChunk(response, chunk))) return undefined;
      endStream(response);
      return undefined;
    },
  }),
];

interface Wanted {
  readonly reader: MessageReader;
  readonly filter: Filter;
  readonly past: Past | undefined;
}

const documentOf = ({ reader, filter, past }: Wanted, renderer: Renderer) => ({
  type: renderer.type,
  extension: renderer.extension,
  chunks: exportMessages(reader, filter, renderer, past) as AsyncIterable<string | Buffer>,
});

const onlyNdjson = fail(
  'invalid',
  'Only ndjson and zip have revisions. Leave out "revisions", or give "format" as one of them.',
  {
    errors: [{ field: 'revisions', detail: 'revisions is only for ndjson and zip' }],
  },
);
