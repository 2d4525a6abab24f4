import { SHORTCUTS, type Shortcut } from '../../text/shortcuts.ts';

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

const MOD = MAC ? '⌘' : 'Ctrl';

/** Keys that work everywhere. */
const ALWAYS = [
  { keys: [`${MOD} + K`], words: 'Go to anything' },
  { keys: [`${MOD} + P`], words: 'Print everything that is shown' },
] as const;

/** Keys that work inside a field, where letters are text. */
const WRITING = [
  { keys: [`${MOD} + Enter`], words: 'Send or save' },
  { keys: [`${MOD} + B`], words: 'Bold' },
  { keys: [`${MOD} + I`], words: 'Italic' },
  { keys: [`${MOD} + K`], words: 'Link' },
  { keys: ['Tab'], words: 'Indent code' },
  { keys: ['ArrowUp'], words: 'Edit your last message, if the text is empty' },
  { keys: ['Escape'], words: 'Leave the text box, to use the keys above' },
] as const;

/** All keyboard shortcuts. */
export function Keys() {
  return (
    <div class="keys-help">
      <KeyTable title="Anywhere" rows={[...ALWAYS, ...on('page')]} />
      <KeyTable title="On a message" rows={on('message')} />
      <KeyTable title="While writing" rows={WRITING} />
    </div>
  );
}

const on = (place: Shortcut['on']) => SHORTCUTS.filter((shortcut) => shortcut.on === place);

const NAMES: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };

interface Row {
  readonly keys: readonly string[];
  readonly words: string;
}

function KeyTable({ title, rows }: { title: string; rows: readonly Row[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(({ keys, words }) => (
          <div key={words}>
            <dt>
              {keys.map((key, index) => (
                <>
                  {index > 0 && ' or '}
                  <kbd key={key}>{NAMES[key] ?? key}</kbd>
                </>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
