import { type IndexedStore, inStore } from './indexed-store.ts';
import type { Kept, Waiting } from './outbox.ts';

// The messages that wait for the server.

const STORE: IndexedStore = {
  name: 'outbox',
  database: '',
  // The number that a message gets is its place in the order of sending.
  options: { keyPath: 'number', autoIncrement: true },
  durability: 'strict',
};

export function readAll(): Promise<Waiting[]> {
  return inStore(STORE, 'readonly', (store) => store.getAll() as IDBRequest<Waiting[]>);
}

/** Keeps a message behind all others; resolves once it is on the disk. */
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
