import type { Attachment } from '../../domain/attachment.ts';
import { createStore } from './store.ts';

/**
 * What stands over the page: the history of a message, the versions of one that has to be settled, how much was
 * written when, an import or export, the settings, or the keys.
 */
export type Dialog =
  | { readonly kind: 'history' | 'conflict' | 'thread'; readonly id: string }
  | { readonly kind: 'picture'; readonly pictures: readonly Attachment[]; readonly sha256: string }
  | { readonly kind: 'activity' }
  | { readonly kind: 'on-this-day' }
  | { readonly kind: 'import' }
  | { readonly kind: 'export' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' };

export const dialog = createStore<Dialog | null, Dialog | null>((_, next) => next, null);
