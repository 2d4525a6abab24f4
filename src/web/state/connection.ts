import { createStore } from './store.ts';

export type Connection = 'connecting' | 'open' | 'lost';

export const connection = createStore<Connection, Connection>((_, next) => next, 'connecting');
