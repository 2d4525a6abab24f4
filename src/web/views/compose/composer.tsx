import { useEffect, useRef, useState } from 'preact/hooks';
import { contentOf, forgetId, send, sendAsEdit } from '../../actions/messages.ts';
import { isIdTaken, isSecretGuard, type Problem } from '../../api/problem.ts';
import { draft, isBlank } from '../../state/draft.ts';
import { useStore } from '../../state/store.ts';
import { AuthorField } from '../ui/author-field.tsx';
import { isSend, TypeFields, type Written } from '../ui/fields.tsx';
import { hasKeyboard } from '../ui/keyboard.ts';
import { TextField } from '../ui/text-field.tsx';
import { ComposerProblem } from './composer-problem.tsx';
import { ReplyField } from './reply-field.tsx';
import { TargetsField } from './targets-field.tsx';

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const COMPOSER = 'composer';

/** Puts the keyboard where one writes. */
export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>(`#${COMPOSER} textarea`)?.focus();
}

/** Lets go of the keyboard, so that letters are shortcuts again. */
function leave(): void {
  document.querySelector<HTMLElement>('.timeline')?.focus();
}

export function Composer() {
  const written = useStore(draft, (state) => state);
  const area = useRef<HTMLTextAreaElement>(null);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  /** The text that is on its way. */
  const sending = useRef<string | undefined>(undefined);
  const isNextDue = useRef(false);
  useEffect(() => {
    // On a touch screen the focus would open the keyboard over the messages.
    if (matchMedia('(hover: hover)').matches) area.current?.focus();
  }, []);

  const attempt = async (work: () => Promise<Problem | undefined>) => {
    const isFirst = sending.current === undefined;
    // Whoever goes on writing while a message is on its way can send that too; impatience alone sends nothing.
    if (!isFirst) isNextDue.current = contentOf(draft.get()).text !== sending.current;
    if (!isFirst) return;
    sending.current = contentOf(draft.get()).text;
    setBusy(true);
    const failed = await work();
    sending.current = undefined;
    setBusy(false);
    setProblem(failed);
    const goesOn = isNextDue.current && failed === undefined && !isBlank(draft.get());
    isNextDue.current = false;
    if (goesOn) return void attempt(() => send(false));
    // A question takes the focus itself; anything else is answered in the text.
    const asks = failed !== undefined && asksBack(failed);
    // Who went on elsewhere while it was being sent keeps the keyboard there.
    if (!asks && hasKeyboard(area.current?.form ?? null)) area.current?.focus();
  };
  const submit = () => {
    if (isBlank(draft.get())) return area.current?.focus();
    void attempt(() => send(false));
  };
  const keepWriting = () => {
    setProblem(undefined);
    area.current?.focus();
  };
  const shown = isBlank(written) ? undefined : problem;
  const fields = {
    written,
    problem: shown,
    onWrite: (change: Partial<Written>) => draft.dispatch({ type: 'write', change }),
  };

  return (
    <form
      id={COMPOSER}
      class="composer"
      aria-label="New message"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && event.target === area.current) leave();
        if (!isSend(event)) return;
        event.preventDefault();
        submit();
      }}
    >
      <div class="sheet">
        <ReplyField replyTo={written.replyTo} />
        <TextField {...fields} area={area} label="Message" placeholder={PLACEHOLDERS[written.type] ?? ''} />
        <ComposerProblem
          problem={shown}
          onKeep={keepWriting}
          onConfirm={() => void attempt(() => send(true))}
          onAsEdit={() => void attempt(() => sendAsEdit(false))}
          onAsNew={() => {
            forgetId();
            void attempt(() => send(false));
          }}
        />
        <div class="row">
          <TypeFields {...fields} />
          <TargetsField targets={written.targets} problem={shown} />
          <AuthorField problem={shown} />
          <span class="hint keys" aria-hidden="true">
            {MAC ? '⌘' : 'Ctrl'} Enter
          </span>
          <button
            type="submit"
            class="primary"
            aria-disabled={busy || isBlank(written)}
            aria-keyshortcuts="Control+Enter Meta+Enter"
          >
            {busy ? 'Sending…' : 'Send'}
          </button>
        </div>
      </div>
    </form>
  );
}

const asksBack = (problem: Problem): boolean => isIdTaken(problem) || isSecretGuard(problem);

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  text: 'Write a message',
  markdown: 'Write in Markdown',
  code: 'Paste or write code',
  link: 'Say what is behind the link',
  task: 'What is to be done?',
};
