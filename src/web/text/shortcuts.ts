/** A key and what it does. The page listens for these, and its help shows the same table. */
export interface Shortcut {
  /** As in `KeyboardEvent.key`; any of them works. */
  readonly keys: readonly string[];
  readonly words: string;
  /** Whether it acts on the focused message, or on the page regardless of the focus. */
  readonly on: 'message' | 'page';
  readonly name: ShortcutName;
}

export type ShortcutName =
  | 'next'
  | 'previous'
  | 'reply'
  | 'edit'
  | 'tick'
  | 'history'
  | 'delivery'
  | 'delete'
  | 'leave'
  | 'search'
  | 'compose'
  | 'day'
  | 'newest'
  | 'activity'
  | 'keys';

export const SHORTCUTS: readonly Shortcut[] = [
  { name: 'next', keys: ['j'], words: 'Next message', on: 'page' },
  { name: 'previous', keys: ['k'], words: 'Previous message', on: 'page' },
  { name: 'search', keys: ['/'], words: 'Search', on: 'page' },
  { name: 'compose', keys: ['c'], words: 'Write a message', on: 'page' },
  { name: 'day', keys: ['g'], words: 'Go to a day', on: 'page' },
  { name: 'newest', keys: ['n'], words: 'Newest message', on: 'page' },
  { name: 'activity', keys: ['a'], words: 'Activity', on: 'page' },
  { name: 'keys', keys: ['?'], words: 'Keyboard shortcuts', on: 'page' },
  { name: 'next', keys: ['ArrowDown'], words: 'Next message', on: 'message' },
  { name: 'previous', keys: ['ArrowUp'], words: 'Previous message', on: 'message' },
  { name: 'edit', keys: ['Enter', 'e'], words: 'Edit', on: 'message' },
  { name: 'reply', keys: ['r'], words: 'Reply', on: 'message' },
  { name: 'tick', keys: ['x'], words: 'Check or uncheck the task', on: 'message' },
  { name: 'history', keys: ['h'], words: 'History', on: 'message' },
  { name: 'delivery', keys: ['o'], words: 'Show the commit', on: 'message' },
  { name: 'delete', keys: ['Delete', 'd'], words: 'Delete', on: 'message' },
  { name: 'leave', keys: ['Escape'], words: 'Back to writing', on: 'message' },
];
