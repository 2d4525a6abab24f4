import type { Message } from '../../contract/message.ts';
import { type IndexedStore, inStore } from './indexed-store.ts';

// The last messages that were shown, so they can be read without the server. They are deleted when the session ends.

const STORE: IndexedStore = { name: 'pages', database: '.pages' };
const KEY = 'newest';

/** Stores messages, replacing those stored before. If the browser forbids that, nothing is stored. */
export async function keepMessages(messages: readonly Message[]): Promise<void> {
  await inStore(STORE, 'readwrite', (store) => store.put(messages, KEY)).catch(() => undefined);
}

/** The messages that were stored last, oldest first; empty if there are none. */
export async function keptMessages(): Promise<readonly Message[]> {
  const kept = await inStore(STORE, 'readonly', (store) => store.get(KEY) as IDBRequest<unknown>).catch(
    () => undefined,
  );
  return Array.isArray(kept) ? (kept as Message[]) : [];
}

/** Deletes them: signing out leaves nothing behind. */
export async function forgetMessages(): Promise<void> {
  await inStore(STORE, 'readwrite', (store) => store.clear()).catch(() => undefined);
}
