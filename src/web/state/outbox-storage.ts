import { ownName } from '../api/place.ts';
import type { Kept, Waiting } from './outbox.ts';

// The messages that wait for the server. They are in IndexedDB rather than in the local storage, which is written
// to the disk some time later.

const STORE = 'outbox';

export function readAll(): Promise<Waiting[]> {
  return inStore('readonly', (store) => store.getAll() as IDBRequest<Waiting[]>);
}

/** Keeps a message behind all others; resolves once it is on the disk. */
export async function append(kept: Kept): Promise<Waiting> {
  const number = await inStore('readwrite', (store) => store.add(kept));
  return { ...kept, number: Number(number) };
}

export async function replace(waiting: Waiting): Promise<void> {
  await inStore('readwrite', (store) => store.put(waiting));
}

export async function discard(number: number): Promise<void> {
  await inStore('readwrite', (store) => store.delete(number));
}

async function inStore<Value>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
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
    const request = indexedDB.open(ownName(''), 1);
    request.onupgradeneeded = () => {
      // The number that a message gets is its place in the order of sending.
      request.result.createObjectStore(STORE, { keyPath: 'number', autoIncrement: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
