import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../domain/message.ts';
import { contentOf, edit } from '../actions/messages.ts';
import { isOutOfDate, isSecretGuard, isToldBy, type Problem } from '../api/problem.ts';
import { useRemembered } from '../state/opened.ts';
import { problemInWords } from '../text/problems.ts';
import { isSend, TextField, TypeFields, type Written } from './fields.tsx';
import { Question } from './question.tsx';

/** A message as it was when its edit began; the tag tells the server which one that was. */
export interface Editable {
  readonly message: Message;
  readonly etag: string | undefined;
}

export function Editor({ message, etag, onEnd }: Editable & { onEnd: () => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [changed, setChanged] = useRemembered<Written | undefined>(`written ${message.id}`, undefined);
  const written = changed ?? toWritten(message);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  useLayoutEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(message.text.length, message.text.length);
    area.current?.form?.scrollIntoView({ block: 'nearest' });
  }, [message]);

  const end = () => {
    setChanged(undefined);
    onEnd();
  };
  const save = async (how: { confirm?: true; anyway?: true } = {}) => {
    if (busy) return;
    setBusy(true);
    const change = { ...contentOf(written), ...(how.confirm && { confirm: how.confirm }) };
    const answer = await edit(message.id, change, how.anyway ? undefined : etag);
    setBusy(false);
    if (answer.ok) return end();
    setProblem(answer.problem);
  };
  const keepEditing = () => {
    setProblem(undefined);
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Escape is pressed too easily to throw away what was written.
    if (event.key === 'Escape' && isUnchanged(written, message)) end();
    if (!isSend(event)) return;
    event.preventDefault();
    void save();
  };
  const fields = {
    written,
    problem,
    onWrite: (change: Partial<Written>) => setChanged({ ...written, ...change }),
  };

  return (
    <form
      class="editor sheet"
      aria-label="Edit message"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField {...fields} area={area} label="Text" placeholder="" />
      <EditProblem
        problem={problem}
        onKeep={keepEditing}
        onConfirm={() => void save({ confirm: true })}
        onAnyway={() => void save({ anyway: true })}
      />
      <div class="row">
        <TypeFields {...fields} />
        <button type="submit" class="primary" aria-disabled={busy}>
          Save
        </button>
        <button type="button" onClick={end}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface EditProblemProps {
  readonly problem: Problem | undefined;
  readonly onKeep: () => void;
  readonly onConfirm: () => void;
  readonly onAnyway: () => void;
}

function EditProblem({ problem, onKeep, onConfirm, onAnyway }: EditProblemProps) {
  if (problem === undefined) return null;
  const keep = { label: 'Keep editing', choose: onKeep };
  if (isSecretGuard(problem)) {
    return (
      <Question
        text={problemInWords(problem)}
        choices={[keep, { label: 'Save it anyway', choose: onConfirm }]}
      />
    );
  }
  if (isOutOfDate(problem)) {
    const text = 'This message was changed elsewhere meanwhile. Both versions stay in its history.';
    return <Question text={text} choices={[keep, { label: 'Save mine over it', choose: onAnyway }]} />;
  }
  if (isToldBy(problem, ['text', 'language', 'url'])) return null;
  return (
    <p class="error" role="alert">
      {problemInWords(problem)}
    </p>
  );
}

function isUnchanged(written: Written, message: Message): boolean {
  const before = toWritten(message);
  return (Object.keys(before) as (keyof Written)[]).every((key) => before[key] === written[key]);
}

function toWritten({ type, text, language = '', url = '' }: Message): Written {
  return { type, text, language, url };
}
