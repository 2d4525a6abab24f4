import type { Attachment } from '../../domain/attachment.ts';
import { createStore } from './store.ts';

/**
 * The dialog over the page: the history of a message, a conflict to settle, the activity, an import or export, the
 * settings, the keyboard shortcuts, and so on.
 */
export type Dialog =
  | { readonly kind: 'history' | 'conflict' | 'thread'; readonly id: string }
  | {
      readonly kind: 'picture';
      readonly message: string;
      readonly pictures: readonly Attachment[];
      readonly sha256: string;
    }
  | { readonly kind: 'activity' }
  | { readonly kind: 'on-this-day' }
  | { readonly kind: 'import' }
  | { readonly kind: 'export' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' };

export const dialog = createStore<Dialog | null, Dialog | null>((_, next) => next, null);
