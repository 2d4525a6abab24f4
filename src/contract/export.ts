import { z } from 'zod';
import { EXPORT_FORMATS } from '../domain/formats.ts';
import { asOf, filterFields } from './message.ts';

const exportFormat = z.enum(EXPORT_FORMATS, {
  error: `must be one of ${EXPORT_FORMATS.join(', ')}`,
});
export type ExportFormat = z.infer<typeof exportFormat>;

export const exportQuery = z.strictObject({
  format: exportFormat.exactOptional(),
  revisions: z
    .enum(['current', 'all'], { error: 'must be current or all' })
    .meta({
      description:
        'Only for ndjson, and for zip, where it is the default: `all` has every revision, and deleted messages if nothing but repository and time narrows the export down, and it is of now',
    })
    .exactOptional(),
  ...filterFields,
  asOf: asOf.exactOptional(),
});
