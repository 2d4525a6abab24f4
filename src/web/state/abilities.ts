import type { Abilities } from '../api/abilities.ts';
import { createStore } from './store.ts';

const NONE: Abilities = {
  settings: false,
  tags: false,
  operators: false,
  pins: false,
  files: false,
  asOf: false,
  zone: false,
  count: false,
};

/** What the server can do, once it is known. */
export const abilities = createStore<Abilities, Abilities>((_, next) => next, NONE);
