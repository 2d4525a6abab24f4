import { useId, useState } from 'preact/hooks';
import { LIMITS } from '../../../domain/message.ts';
import { saveSettings } from '../../actions/settings.ts';
import { askToNotify } from '../../actions/unread.ts';
import type { Problem } from '../../api/problem.ts';
import { author } from '../../state/draft.ts';
import { preferences } from '../../state/preferences.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';
import { AUTHORS_ID } from '../search/authors.tsx';
import { ThemeSwitch } from '../side/theme-switch.tsx';

/** What a person can set: for this browser, and for this gitpost. */
export function SettingsView() {
  const name = useStore(author, (state) => state);
  const usual = useStore(settings, (state) => state?.author);
  const { enterSends, notifies } = useStore(preferences, (state) => state);
  const [isRefused, setRefused] = useState(false);
  const changeNotify = async (wanted: boolean) => {
    const isAllowed = wanted && (await askToNotify());
    setRefused(wanted && !isAllowed);
    preferences.dispatch({ notifies: isAllowed });
  };
  const id = useId();
  return (
    <div class="settings">
      <div class="setting-row">
        <label for={`${id}-name`}>Your name</label>
        <input
          id={`${id}-name`}
          type="text"
          placeholder={usual ?? 'As configured'}
          maxLength={LIMITS.author}
          autocomplete="nickname"
          list={AUTHORS_ID}
          value={name}
          aria-describedby={`${id}-name-hint`}
          onInput={(event) => author.dispatch(event.currentTarget.value)}
        />
        <p class="hint" id={`${id}-name-hint`}>
          The author of what you write in this browser, in the commit too.
          {usual !== undefined && name.trim() === '' && ` While this is empty, it is ${usual}.`}
        </p>
      </div>
      <div class="setting-row">
        <span>Theme</span>
        <ThemeSwitch />
      </div>
      <label class="setting-row">
        <span>Send with Enter</span>
        <input
          type="checkbox"
          checked={enterSends}
          onChange={(event) => preferences.dispatch({ enterSends: event.currentTarget.checked })}
        />
        <span class="hint">Shift + Enter then starts a new line.</span>
      </label>
      <label class="setting-row">
        <span>Notify me of new messages</span>
        <input
          type="checkbox"
          checked={notifies}
          onChange={(event) => void changeNotify(event.currentTarget.checked)}
        />
        <span class="hint" role="status">
          {isRefused
            ? 'The browser does not allow it. Change that in its settings for this site.'
            : 'While this page is open in the background.'}
        </span>
      </label>
      <AutoSync />
    </div>
  );
}

const INTERVALS = [0, 60, 300, 900, 3600] as const;

/** The interval of automatic pushes and pulls. It is stored on the server, and may be fixed by a variable. */
function AutoSync() {
  const interval = useStore(settings, (state) => state?.syncInterval);
  const [problem, setProblem] = useState<Problem>();
  if (interval === undefined) return null;
  const choices = [...new Set([...INTERVALS, interval])].sort((a, b) => a - b);
  return (
    <label class="setting-row">
      <span>Sync automatically</span>
      <select
        value={String(interval)}
        onChange={async (event) =>
          setProblem(await saveSettings({ syncInterval: Number(event.currentTarget.value) }))
        }
      >
        {choices.map((seconds) => (
          <option key={seconds} value={String(seconds)}>
            {intervalInWords(seconds)}
          </option>
        ))}
      </select>
      <span class="hint" role="status">
        {problem?.detail ?? 'Pulls and pushes all repositories, for every browser of this gitpost.'}
      </span>
    </label>
  );
}

function intervalInWords(seconds: number): string {
  if (seconds === 0) return 'Off';
  if (seconds % 60 !== 0) return `Every ${seconds} seconds`;
  const minutes = seconds / 60;
  return minutes === 1 ? 'Every minute' : minutes === 60 ? 'Every hour' : `Every ${minutes} minutes`;
}
