import { type IndexedStore, inStore } from './indexed-store.ts';

// The bytes of files in drafts, by key, so a reload of the page loses none.

const STORE: IndexedStore = { name: 'files', database: '.files' };

/** Stores the bytes of a file. If the browser forbids that or is full, they are only in this tab. */
export async function storeBytes(key: string, bytes: unknown): Promise<void> {
  await inStore(STORE, 'readwrite', (store) => store.put(bytes, key)).catch(() => undefined);
}

export async function storedBytes(key: string): Promise<unknown> {
  return inStore(STORE, 'readonly', (store) => store.get(key) as IDBRequest<unknown>).catch(() => undefined);
}

export async function dropBytes(key: string): Promise<void> {
  await inStore(STORE, 'readwrite', (store) => store.delete(key)).catch(() => undefined);
}

export async function storedKeys(): Promise<readonly string[]> {
  const keys = await inStore(STORE, 'readonly', (store) => store.getAllKeys()).catch(() => []);
  return keys.map(String);
}
