import { type IndexedStore, inStore } from './indexed-store.ts';
import type { Kept, Waiting } from './outbox.ts';

// The messages that are waiting for the server.

const STORE: IndexedStore = {
  name: 'outbox',
  database: '',
  // The number of a message is its position in the sending order.
  options: { keyPath: 'number', autoIncrement: true },
  durability: 'strict',
};

export function readAll(): Promise<Waiting[]> {
  return inStore(STORE, 'readonly', (store) => store.getAll() as IDBRequest<Waiting[]>);
}

/** Adds a message after all others. Resolves once it is on disk. */
export async function append(kept: Kept): Promise<Waiting> {
  const number = await inStore(STORE, 'readwrite', (store) => store.add(kept));
  return { ...kept, number: Number(number) };
}

export async function replace(waiting: Waiting): Promise<void> {
  await inStore(STORE, 'readwrite', (store) => store.put(waiting));
}

export async function discard(number: number): Promise<void> {
  await inStore(STORE, 'readwrite', (store) => store.delete(number));
}
