import { isUuid } from '../domain/id.ts';
import type { Key } from '../mirror/entry.ts';

/** A place in the timeline as readers carry it: after the message with this key, whatever is added meanwhile. */
export const writeCursor = ({ time, id }: Key): string => Buffer.from(`${time} ${id}`).toString('base64url');

/** The place that a cursor names, or `null` where it is none of ours. */
export function readCursor(cursor: string): Key | null {
  const [, time, id = ''] =
    /^(-?\d{1,16}) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  return time === undefined || !isUuid(id) ? null : { time: Number(time), id };
}
