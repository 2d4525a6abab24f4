import { z } from 'zod';
import type { Shape } from './shape.ts';

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    reasons: z.array(z.string()).exactOptional(),
    version: z.string().exactOptional(),
    git: z.string().exactOptional(),
    counts: z
      .object({ messages: z.int(), repositories: z.int() })
      .meta({ description: 'Messages that are not deleted, as GET /stats counts them, and repositories' })
      .exactOptional(),
  })
  .meta({ id: 'Health' });
/** The state of the program. Without access, only `status` is included. */
export type Health = Shape<typeof healthSchema>;
