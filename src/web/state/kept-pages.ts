import type { Message } from '../../contract/message.ts';
import { ownName } from '../api/place.ts';

// The last messages that were shown, so that they can be read without the server. They leave with the session.

const STORE = 'pages';
const KEY = 'newest';

/** Keeps messages in place of those kept before. A browser that forbids it keeps none. */
export async function keepMessages(messages: readonly Message[]): Promise<void> {
  await inStore('readwrite', (store) => store.put(messages, KEY)).catch(() => undefined);
}

/** The messages that were kept last, oldest first; none if there are none. */
export async function keptMessages(): Promise<readonly Message[]> {
  const kept = await inStore('readonly', (store) => store.get(KEY) as IDBRequest<unknown>).catch(
    () => undefined,
  );
  return Array.isArray(kept) ? (kept as Message[]) : [];
}

/** Forgets them: whoever has signed out leaves nothing behind. */
export async function forgetMessages(): Promise<void> {
  await inStore('readwrite', (store) => store.clear()).catch(() => undefined);
}

async function inStore<Value>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(ownName('.pages'), 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
