import { z } from 'zod';
import { filterFields } from './message.ts';

const exportFormat = z.enum(['ndjson', 'json', 'markdown', 'html', 'csv', 'mbox', 'atom'], {
  error: 'must be one of ndjson, json, markdown, html, csv, mbox, atom',
});
export type ExportFormat = z.infer<typeof exportFormat>;

export const exportQuery = z.strictObject({
  format: exportFormat.exactOptional(),
  revisions: z
    .enum(['current', 'all'], { error: 'must be current or all' })
    .meta({
      description:
        'Only for ndjson: `all` has every revision, and deleted messages if nothing but repository and time narrows the export down',
    })
    .exactOptional(),
  ...filterFields,
});
