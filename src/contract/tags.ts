import { z } from 'zod';
import type { Shape } from './shape.ts';

export const tagsQuery = z.strictObject({ repository: z.string().exactOptional() });

export const tagCountSchema = z.object({ tag: z.string(), messages: z.int() }).meta({ id: 'TagCount' });
/** A tag, and how many current messages have it. */
export type TagCount = Shape<typeof tagCountSchema>;
