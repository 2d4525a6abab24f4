import { z } from 'zod';
import { isDay, zone } from './fields.ts';
import type { Shape } from './shape.ts';

/** A day such as `2026-11-22`, in the time zone of the request. */
const day = z.string().refine(isDay, 'must be an ISO 8601 date');

export const statsQuery = z.strictObject({
  repository: z.string().exactOptional(),
  /** Inclusive. */
  since: day.exactOptional(),
  /** Exclusive. */
  until: day.exactOptional(),
  zone: zone.exactOptional(),
});
/** Which messages to count, and the time zone in which days begin. */
export type StatsQuestion = Shape<typeof statsQuery> & { readonly zone: string };

export const statsSchema = z
  .object({
    zone: z.string(),
    messages: z.int(),
    /** The days that have any messages, oldest first. */
    days: z.array(z.object({ day: z.iso.date(), messages: z.int() })),
    /** The 100 authors with the most messages. */
    authors: z.array(z.object({ author: z.string(), messages: z.int() })),
    /** A message in several repositories counts in each of them. */
    repositories: z.array(z.object({ repository: z.string(), messages: z.int() })),
  })
  .meta({ id: 'Stats' });
/** How many current messages there are. */
export type Stats = Shape<typeof statsSchema>;
