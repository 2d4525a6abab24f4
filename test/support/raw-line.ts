import { createHash } from 'node:crypto';

/** The id of {@link rawLine}. */
export const RAW_ID = '0192f0c1-7c00-7000-8000-0123456789ab';

/** The members that a readable line cannot do without, as JSON, with some replaced or added. */
export function rawLine(members: Record<string, string | undefined> = {}): string {
  const all = {
    v: '1',
    id: JSON.stringify(RAW_ID),
    revision: '1',
    text: '"Hello"',
    createdAt: '"2026-11-22T10:00:00.000Z"',
    ...members,
  };
  const present = Object.entries(all).filter(([, value]) => value !== undefined);
  return `{${present.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
