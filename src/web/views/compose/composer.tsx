import { useEffect, useRef, useState } from 'preact/hooks';
import { addFiles } from '../../actions/files.ts';
import { contentOf, contentsOf, forgetId, send, sendAsEdit } from '../../actions/messages.ts';
import { isIdTaken, isSecretGuard, type Problem } from '../../api/problem.ts';
import { author, draft, isBlank } from '../../state/draft.ts';
import { preferences } from '../../state/preferences.ts';
import { repositories } from '../../state/repositories.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';
import { isEnterAlone, isSend, TypeFields, type Written } from '../ui/fields.tsx';
import { UpIcon } from '../ui/icons.tsx';
import { hasKeyboard } from '../ui/keyboard.ts';
import { TextField } from '../ui/text-field.tsx';
import { TypeChip, TypeMenu } from '../ui/type-menu.tsx';
import { ComposerProblem } from './composer-problem.tsx';
import { DraftFiles, FileButton } from './draft-files.tsx';
import { ReplyField } from './reply-field.tsx';
import { TargetsField } from './targets-field.tsx';
import { useDroppedFiles } from './use-dropped-files.ts';
import { useRefusal } from './use-refusal.ts';

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const COMPOSER = 'composer';

/** Moves the focus to the composer. */
export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>(`#${COMPOSER} textarea`)?.focus();
}

/** Removes the focus from the composer, so letters are shortcuts again. */
function leave(): void {
  document.querySelector<HTMLElement>('.timeline')?.focus();
}

/** Starts to edit the last message of this person, if it is on the page. Returns whether there was one. */
function editLast(): boolean {
  const me = author.get().trim() || settings.get()?.author;
  const { messages, removed } = timeline.get();
  const last = messages.findLast((one) => (me === undefined || one.author === me) && !removed.has(one.id));
  const button =
    last &&
    document.querySelector<HTMLElement>(`[data-message="${CSS.escape(last.id)}"] [data-action="edit"]`);
  button?.click();
  return button !== null && button !== undefined;
}

export function Composer() {
  const written = useStore(draft, (state) => state);
  const enterSends = useStore(preferences, (state) => state.enterSends);
  const isOver = useDroppedFiles();
  const isOneOfMany = useStore(repositories, ({ list }) => list.length > 1);
  const area = useRef<HTMLTextAreaElement>(null);
  const refusal = useRefusal(() => contentsOf(draft.get()));
  const way = useRef(send);
  const [busy, setBusy] = useState(false);
  /** The text that is being sent. */
  const sending = useRef<string | undefined>(undefined);
  const isNextDue = useRef(false);
  useEffect(() => {
    // On a touch screen, the focus would open the keyboard over the messages.
    if (matchMedia('(hover: hover)').matches) area.current?.focus();
  }, []);

  const attempt = async (next: typeof send, confirmed?: string) => {
    const isFirst = sending.current === undefined;
    // If the person has changed the text while a message is being sent, it is sent next. Pressing the key twice sends
    // nothing.
    if (!isFirst) isNextDue.current = contentOf(draft.get()).text !== sending.current;
    if (!isFirst) return;
    sending.current = contentOf(draft.get()).text;
    way.current = next;
    setBusy(true);
    const failed = await next(confirmed);
    sending.current = undefined;
    setBusy(false);
    refusal.set(failed);
    const goesOn = isNextDue.current && failed === undefined && !isBlank(draft.get());
    isNextDue.current = false;
    if (goesOn) return void attempt(send);
    // A question takes the focus itself. After anything else, the focus returns to the text.
    const asks = failed !== undefined && asksBack(failed.problem);
    // If the person has moved on while it was being sent, the focus stays where it is.
    if (!asks && hasKeyboard(area.current?.form ?? null)) area.current?.focus();
  };
  const submit = () => {
    if (isBlank(draft.get())) return area.current?.focus();
    void attempt(send);
  };
  const keepWriting = () => {
    refusal.clear();
    area.current?.focus();
  };
  const isEmpty = isBlank(written);
  useEffect(() => {
    if (isEmpty) refusal.clear();
  }, [isEmpty]);
  const shown = isEmpty ? undefined : refusal.problem;
  const fields = {
    written,
    problem: shown,
    onWrite: (change: Partial<Written>) => draft.dispatch({ type: 'write', change }),
  };

  return (
    <form
      id={COMPOSER}
      class="composer"
      data-over={isOver}
      data-written={!isBlank(written) || written.replyTo !== null || written.type !== 'auto'}
      aria-label="New message"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        const isInText = event.target === area.current;
        if (event.key === 'Escape' && isInText) leave();
        if (event.key === 'ArrowUp' && isInText && written.text === '' && editLast()) event.preventDefault();
        if (!isSend(event) && !(enterSends && isInText && isEnterAlone(event))) return;
        event.preventDefault();
        submit();
      }}
    >
      <div class="sheet">
        <ReplyField replyTo={written.replyTo} />
        <TextField
          {...fields}
          area={area}
          label="Message"
          placeholder={PLACEHOLDERS[written.type] ?? ''}
          onFiles={addFiles}
        />
        <DraftFiles files={written.files} />
        <ComposerProblem
          problem={shown}
          onKeep={keepWriting}
          confirmable={refusal.confirmable}
          onConfirm={(contents) => void attempt(way.current, contents)}
          onAsEdit={() => void attempt(sendAsEdit)}
          onAsNew={() => {
            forgetId();
            void attempt(send);
          }}
        />
        <div class="row">
          <FileButton />
          <TypeMenu {...fields} />
          <TypeChip {...fields} />
          <TypeFields {...fields} />
          {(isOneOfMany || written.targets !== 'default') && (
            <TargetsField targets={written.targets} problem={shown} />
          )}
          <span class="hint keys" aria-hidden="true">
            {enterSends ? '' : MAC ? '⌘ ' : 'Ctrl '}Enter
          </span>
          <button
            type="submit"
            class="primary"
            aria-disabled={busy || isBlank(written)}
            aria-keyshortcuts="Control+Enter Meta+Enter"
          >
            <span class="send-word">{busy ? 'Sending…' : 'Send'}</span>
            <UpIcon />
          </button>
        </div>
      </div>
    </form>
  );
}

const asksBack = (problem: Problem): boolean => isIdTaken(problem) || isSecretGuard(problem);

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  auto: 'Write a message',
  text: 'Write plain text',
  markdown: 'Write a message',
  code: 'Paste or write code',
  link: 'What is this link about?',
  task: 'What needs to be done?',
};
