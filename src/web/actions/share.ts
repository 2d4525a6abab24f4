import { draft } from '../state/draft.ts';
import { addressOf, parseQuery } from '../state/query.ts';
import { sharedText } from '../text/shared.ts';

const SHARED = ['share-title', 'share-text', 'share-url'] as const;

/**
 * Takes in what another app has shared. It is in the address, which the service worker also answers offline. It is
 * appended to what is already being written and removed from the address, so a reload does not take it in again.
 */
export function takeShared(): void {
  const given = new URLSearchParams(location.search);
  const isShared = SHARED.some((name) => given.has(name));
  if (!isShared && !given.has('write')) return;
  history.replaceState(null, '', addressOf(parseQuery(location.search)));
  const text = sharedText(SHARED.map((name) => given.get(name) ?? ''));
  if (text === '') return;
  const now = draft.get();
  draft.dispatch({
    type: 'write',
    change: { text: now.text.trim() === '' ? text : `${now.text.trimEnd()}\n\n${text}` },
  });
}
