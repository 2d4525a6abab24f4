import { isUuid } from '../domain/id.ts';
import type { Key } from '../mirror/entry.ts';

/**
 * A position in the timeline as an opaque text for clients: after the message with this key, no matter what is added
 * in the meantime.
 *
 * @param past the name of the past that the position is in, if it is not the present
 */
export const writeCursor = ({ time, id }: Key, past = ''): string =>
  Buffer.from(`${time} ${id}${past && ` ${past}`}`).toString('base64url');

/** The position in a cursor, or `null` if the cursor is not one of ours or belongs to another `asOf`. */
export function readCursor(cursor: string, past = ''): Key | null {
  const [, time, id = '', named = ''] =
    /^(-?\d{1,16}) (\S+)(?: (\S+))?$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  return time === undefined || !isUuid(id) || named !== past ? null : { time: Number(time), id };
}
