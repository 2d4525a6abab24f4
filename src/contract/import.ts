import { z } from 'zod';
import { IMPORT_FORMATS } from '../domain/formats.ts';
import { problemSchema } from './problem.ts';
import type { Shape } from './shape.ts';

const importFormat = z.enum(IMPORT_FORMATS);
export type ImportFormat = z.infer<typeof importFormat>;

export const importQuery = z.strictObject({
  format: importFormat.exactOptional(),
  repository: z.string().exactOptional(),
  dryRun: z.enum(['true', 'false'], { error: 'must be true or false' }).exactOptional(),
  zone: z.string().exactOptional(),
  dates: z.enum(['dmy', 'mdy'], { error: 'must be dmy or mdy' }).exactOptional(),
  name: z.string().max(255).meta({ description: 'What the file is called' }).exactOptional(),
  conversations: z
    .string()
    .meta({ description: 'A JSON list of the ids of the only conversations to import' })
    .exactOptional(),
  confirm: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .meta({ description: 'Whether text that looks like a credential is meant to be imported as it is' })
    .exactOptional(),
});

const importResultSchema = z
  .object({
    format: z.string(),
    conversations: z.array(
      z.object({ id: z.string(), name: z.string(), tag: z.string().exactOptional(), messages: z.int() }),
    ),
    authors: z.array(z.object({ author: z.string(), messages: z.int() })),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
    created: z.int(),
    updated: z.int(),
    present: z.int(),
    skipped: z.array(z.object({ reason: z.string(), count: z.int(), examples: z.array(z.string()) })),
    attachments: z.int(),
  })
  .meta({ id: 'ImportResult' });
/** What an import did, or would do. `skipped` also lists what was cut or left out of imported messages. */
export type ImportResult = Shape<typeof importResultSchema>;

export const importLineSchema = z
  .object({
    progress: z
      .object({ stage: z.enum(['reading', 'writing']), done: z.int(), total: z.int().nullable() })
      .exactOptional(),
    result: importResultSchema.exactOptional(),
    problem: problemSchema.exactOptional(),
  })
  .meta({ id: 'ImportLine', description: 'One of the three: progress, or at the end a result or a problem' });
export type ImportLine = Shape<typeof importLineSchema>;
