import { createStore } from './store.ts';

/** Emoji by name. Only loaded once someone starts to type one. */
export const emoji = createStore<ReadonlyMap<string, string>, ReadonlyMap<string, string>>(
  (_, loaded) => loaded,
  new Map(),
);

let isAsked = false;

/** Loads the names, which most messages do not need. */
export function loadEmoji(): void {
  if (isAsked) return;
  isAsked = true;
  import('../reading/emoji.ts').then(
    ({ EMOJI }) => emoji.dispatch(EMOJI),
    () => {
      isAsked = false;
    },
  );
}
