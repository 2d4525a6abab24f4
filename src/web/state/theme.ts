import { recall, remember, whenRemembered } from './storage.ts';
import { createStore } from './store.ts';

export type Theme = 'system' | 'light' | 'dark';

const isTheme = (value: string | null): value is Theme => value === 'light' || value === 'dark';

/** The colours of the page; `system` follows the device. */
export const theme = createStore<Theme, Theme>(
  (_, next) => {
    remember('theme', next === 'system' ? null : next);
    return next;
  },
  read(recall('theme')),
);

function read(value: string | null): Theme {
  return isTheme(value) ? value : 'system';
}

/** Keeps the page in the chosen colours, in this tab and in all others. */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const now = theme.get() === 'system' ? (dark.matches ? 'dark' : 'light') : theme.get();
    document.documentElement.dataset.theme = now;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      meta.content = now === 'dark' ? '#161615' : '#ffffff';
    }
  };
  apply();
  theme.subscribe(apply);
  dark.addEventListener('change', apply);
  whenRemembered('theme', (value) => theme.dispatch(read(value)));
}
