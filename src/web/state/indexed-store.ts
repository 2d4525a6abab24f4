import { ownName } from '../api/place.ts';

/** A separate store in IndexedDB. Unlike local storage, it is on disk as soon as a write is done. */
export interface IndexedStore {
  readonly name: string;
  /** The part of its database's name that distinguishes it from the others of this gitpost. */
  readonly database: string;
  readonly options?: IDBObjectStoreParameters;
  /** With `strict`, a write is done once it is on disk. */
  readonly durability?: IDBTransactionDurability;
}

/**
 * Runs one operation in a store, which is created if necessary. Rejects if the browser forbids it or the disk is
 * full.
 */
export async function inStore<Value>(
  { name, database: suffix, options, durability = 'default' }: IndexedStore,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const opening = indexedDB.open(ownName(suffix), 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(name, options);
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability });
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}
