import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

/** A plain reducer with listeners. To see what can happen to a state, read its reducer. */
export interface Store<State, Action> {
  readonly get: () => State;
  readonly dispatch: (action: Action) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore<State, Action>(
  reduce: (state: State, action: Action) => State,
  initial: State,
): Store<State, Action> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    dispatch: (action) => {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Reads part of a store, and renders again when that part changes. */
export function useStore<State, Part>(store: Store<State, never>, select: (state: State) => Part): Part {
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);
  const part = select(store.get());
  const shown = useRef({ select, part });
  shown.current = { select, part };

  useLayoutEffect(() => {
    const check = () => {
      if (shown.current.select(store.get()) !== shown.current.part) renderAgain(undefined as never);
    };
    check();
    return store.subscribe(check);
  }, [store]);
  return part;
}
