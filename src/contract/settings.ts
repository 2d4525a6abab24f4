import { z } from 'zod';
import { LONGEST_INTERVAL, MOST_SEARCHES, SEARCH_LIMITS } from '../domain/settings.ts';
import { bounded, noControls } from './fields.ts';
import type { Shape } from './shape.ts';

const search = z.strictObject(
  {
    name: bounded('the name of a search', SEARCH_LIMITS.name)
      .refine(noControls, 'the name of a search must not hold control characters')
      .refine((name) => /\S/u.test(name), 'the name of a search must not be only white space'),
    q: bounded('the q of a search', SEARCH_LIMITS.q),
  },
  { error: 'searches must hold objects with name and q' },
);

const INTERVAL = `must be a whole number of seconds from 0 to ${LONGEST_INTERVAL}`;
const interval = z
  .int({ error: INTERVAL })
  .min(0, INTERVAL)
  .max(LONGEST_INTERVAL, INTERVAL)
  .meta({ description: 'Seconds between automatic syncs; 0: only when asked' });

export const settingsSchema = z
  .object({
    author: z.string().meta({ description: 'The author of a message that names none' }),
    defaultTarget: z
      .enum(['primary', 'all'])
      .meta({ description: 'The target of a message that names no repository' }),
    syncInterval: interval,
    searches: z.array(z.object({ name: z.string(), q: z.string() })),
  })
  .meta({ id: 'Settings' });
/** The settings of this gitpost, for everyone who uses it. */
export type Settings = Shape<typeof settingsSchema>;

export const changeSettingsSchema = z
  .strictObject({
    syncInterval: interval.exactOptional(),
    searches: z
      .array(search, { error: 'must be a list' })
      .max(MOST_SEARCHES, `must be ${MOST_SEARCHES} or fewer`)
      .exactOptional(),
  })
  .meta({ id: 'ChangeSettings' });
/** The settings to change. Those not listed here are set in the environment. */
export type ChangeSettings = Shape<typeof changeSettingsSchema>;
