import { isUuid } from '../domain/id.ts';
import type { Key } from '../mirror/entry.ts';

/**
 * A place in the timeline as readers carry it: after the message with this key, whatever is added meanwhile.
 *
 * @param past the name of the past that it is a place in, if it is not the present
 */
export const writeCursor = ({ time, id }: Key, past = ''): string =>
  Buffer.from(`${time} ${id}${past && ` ${past}`}`).toString('base64url');

/** The place that a cursor names, or `null` if it is not one of ours, or belongs to another `asOf`. */
export function readCursor(cursor: string, past = ''): Key | null {
  const [, time, id = '', named = ''] =
    /^(-?\d{1,16}) (\S+)(?: (\S+))?$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  return time === undefined || !isUuid(id) || named !== past ? null : { time: Number(time), id };
}
