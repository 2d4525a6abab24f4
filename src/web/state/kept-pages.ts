import type { Message } from '../../contract/message.ts';
import { type IndexedStore, inStore } from './indexed-store.ts';

// The last messages that were shown, so that they can be read without the server. They leave with the session.

const STORE: IndexedStore = { name: 'pages', database: '.pages' };
const KEY = 'newest';

/** Keeps messages in place of those kept before. A browser that forbids it keeps none. */
export async function keepMessages(messages: readonly Message[]): Promise<void> {
  await inStore(STORE, 'readwrite', (store) => store.put(messages, KEY)).catch(() => undefined);
}

/** The messages that were kept last, oldest first; none if there are none. */
export async function keptMessages(): Promise<readonly Message[]> {
  const kept = await inStore(STORE, 'readonly', (store) => store.get(KEY) as IDBRequest<unknown>).catch(
    () => undefined,
  );
  return Array.isArray(kept) ? (kept as Message[]) : [];
}

/** Forgets them: whoever has signed out leaves nothing behind. */
export async function forgetMessages(): Promise<void> {
  await inStore(STORE, 'readwrite', (store) => store.clear()).catch(() => undefined);
}
