import { useStore } from '../../state/store.ts';
import { type Theme, theme } from '../../state/theme.ts';

const THEMES: readonly { readonly value: Theme; readonly words: string }[] = [
  { value: 'system', words: 'System' },
  { value: 'light', words: 'Light' },
  { value: 'dark', words: 'Dark' },
];

/** The colours of the page: those of the device, or always light or dark. */
export function ThemeSwitch() {
  const chosen = useStore(theme, (state) => state);
  return (
    <fieldset class="switch">
      <legend class="unseen">Theme</legend>
      {THEMES.map(({ value, words }) => (
        <label key={value}>
          <input
            type="radio"
            name="theme"
            class="unseen"
            checked={chosen === value}
            onChange={() => theme.dispatch(value)}
          />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
