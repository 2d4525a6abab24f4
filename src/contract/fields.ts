import { z } from 'zod';
import { isUuid } from '../domain/id.ts';
import { lengthOf } from '../domain/message.ts';
import { isZone } from '../domain/zone.ts';

/**
 * Kinds of fields that several resources share. If an error begins with "must", the field's name is put in front of
 * it.
 */

const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** A string with a limited length in Unicode code points. */
export const bounded = (what: string, max: number, min = 1) =>
  z
    .string({ error: `${what} must be a string` })
    .refine(
      (text) => lengthOf(text) >= min && lengthOf(text) <= max,
      `${what} must have ${min} to ${max} characters`,
    )
    .meta({ minLength: min, maxLength: max });

/** Whether a text can be a name: control characters would break whatever shows it. */
export const noControls = (text: string): boolean => !/\p{Cc}/u.test(text);

/** A UUID of any version, converted to lower case. */
export const uuid = (what: string) =>
  z
    .string({ error: `${what} must be a UUID` })
    .refine(isUuid, `${what} must be a UUID`)
    .transform((id) => id.toLowerCase())
    .meta({ format: 'uuid' });

/** Whether a text is an ISO 8601 date and time from 1970 to 9999. */
export function isInstant(text: string): boolean {
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) return false;
  const time = Date.parse(text);
  return time >= 0 && time <= LAST_INSTANT;
}

/** Whether a text is an existing day. Other parsers take the 30th of February for a day in March. */
export const isDay = (text: string): boolean => z.iso.date().safeParse(text).success;

/** `true` or `false` in a body. */
export const flag = (what: string) => z.boolean({ error: `${what} must be true or false` });

/** The id of a commit; `null` if there is none or it is unknown. */
export const commit = z.string().meta({ pattern: '^[0-9a-f]{40,64}$' }).nullable();

/** Information for a person: what it is, and what to do. */
export const advice = z.object({ detail: z.string(), action: z.string() });

/** The name of the time zone in which days begin. */
export const zone = z
  .string()
  .refine(isZone, 'must be the IANA name of a time zone, such as Europe/Berlin')
  .meta({ description: 'The time zone in which days begin, such as Europe/Berlin; UTC without it' });
