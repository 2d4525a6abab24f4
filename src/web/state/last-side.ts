import type { Settings } from '../../contract/settings.ts';
import type { TagCount } from '../../contract/tags.ts';
import { session } from './session.ts';
import { recall, remember } from './storage.ts';

/** What the side bar showed last in this browser, so that nothing in it moves when the server answers. */
interface LastSide {
  readonly tags: readonly TagCount[];
  readonly searches: Settings['searches'];
}

const KEY = 'side';

export function lastSide(): LastSide {
  try {
    const { tags, searches } = JSON.parse(recall(KEY) ?? '{}') as Partial<LastSide>;
    return { tags: Array.isArray(tags) ? tags : [], searches: Array.isArray(searches) ? searches : [] };
  } catch {
    return { tags: [], searches: [] };
  }
}

export function keepSide(change: Partial<LastSide>): void {
  // An answer may arrive just after someone has signed out.
  if (session.get().signedOut) return;
  remember(KEY, JSON.stringify({ ...lastSide(), ...change }));
}

export const forgetSide = (): void => remember(KEY, null);
