import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { type Attachment, cleanFileName } from '../../../domain/attachment.ts';
import { contentOf, edit, editFrom } from '../../actions/messages.ts';
import { isOutOfDate, isSecretGuard, isToldBy, type Problem } from '../../api/problem.ts';
import { filesIn } from '../../api/readable.ts';
import { useKept } from '../../state/opened.ts';
import { preferences } from '../../state/preferences.ts';
import { problemInWords } from '../../text/problems.ts';
import { Question } from '../dialogs/question.tsx';
import { isEnterAlone, isSend, TypeFields, type Written } from '../ui/fields.tsx';
import { TextField } from '../ui/text-field.tsx';
import { TypeMenu } from '../ui/type-menu.tsx';
import { ChooseFiles } from './draft-files.tsx';
import { EditFiles } from './edit-files.tsx';
import { useEditFiles } from './use-edit-files.ts';
import { useRefusal } from './use-refusal.ts';

interface Props {
  /** The message as it was when the edit began. */
  readonly message: Message;
  /** Called if it was saved while more was typed. That becomes an edit of the saved version. */
  readonly onSaved: (message: Message) => void;
  readonly onEnd: (editor: HTMLElement | null) => void;
}

interface How {
  /** What may be saved although it looks like a credential. */
  readonly confirmed?: string;
  /** Whether to save over a newer version. */
  readonly anyway?: true;
}

export function Editor({ message, onSaved, onEnd }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [changed, setChanged] = useKept<Written>(`written ${message.id}`);
  const written = changed ?? toWritten(message);
  const [changedFiles, setFiles] = useKept<readonly Attachment[]>(`files ${message.id}`);
  const files = changedFiles ?? message.attachments ?? NO_FILES;
  const more = useEditFiles(message.id, files, setFiles);
  const now = useRef(written);
  now.current = written;
  const refusal = useRefusal(() => contentsOf(now.current, more.files()));
  /** Whether the last attempt was to save over a newer version. */
  const wasAnyway = useRef<true | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const isNextDue = useRef(false);
  useLayoutEffect(() => {
    const { current } = area;
    current?.focus();
    current?.setSelectionRange(current.value.length, current.value.length);
    current?.form?.scrollIntoView({ block: 'nearest' });
  }, []);

  // The text and any error may grow, so the save button is kept in view.
  useLayoutEffect(() => {
    const form = area.current?.form;
    if (form?.contains(document.activeElement)) form.scrollIntoView({ block: 'nearest' });
  }, [written.text, refusal.problem]);

  const end = () => {
    more.stop();
    setChanged(undefined);
    setFiles(undefined);
    onEnd(area.current?.form ?? null);
  };
  const save = async (how: How = {}, begun = message): Promise<void> => {
    isNextDue.current = false;
    await more.settled();
    const sent = now.current;
    const wanted = more.files();
    const contents = contentsOf(sent, wanted);
    const attachments =
      wanted === (message.attachments ?? NO_FILES)
        ? undefined
        : wanted.map(({ sha256, name }) => ({ sha256, name: cleanFileName(name) }));
    const change = {
      ...contentOf(sent),
      ...(attachments && { attachments }),
      ...(how.confirmed === contents && { confirm: true }),
    };
    const answer = how.anyway ? await edit(begun.id, change, undefined) : await editFrom(begun, change);
    wasAnyway.current = how.anyway;
    refusal.set(answer.ok ? undefined : { problem: answer.problem, contents });
    if (!answer.ok) return;
    if (isSame(now.current, sent) && more.files() === wanted) return end();
    onSaved(answer.body);
    if (isNextDue.current) await save({}, answer.body);
  };
  const attempt = async (how: How = {}) => {
    // If the person keeps writing while an edit is being saved, that can be saved as well.
    isNextDue.current = busy;
    if (busy) return;
    setBusy(true);
    await save(how);
    setBusy(false);
  };
  const keepEditing = () => {
    refusal.clear();
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Escape is too easy to press by accident, so it never discards what was written.
    const hasFiles = changedFiles !== undefined || more.arriving.length > 0;
    if (event.key === 'Escape' && !hasFiles && isSame(written, toWritten(message))) end();
    const isSent =
      isSend(event) || (preferences.get().enterSends && isEnterAlone(event) && event.target === area.current);
    if (!isSent) return;
    event.preventDefault();
    void attempt();
  };
  const fields = {
    written,
    problem: refusal.problem,
    onWrite: (change: Partial<Written>) => setChanged({ ...written, ...change }),
  };

  return (
    <form
      class="editor sheet"
      aria-label="Edit message"
      onKeyDown={onKeyDown}
      onDrop={(event) => {
        const dropped = filesIn(event.dataTransfer);
        if (dropped.length === 0) return;
        // The files are for this message, not for the one in the composer.
        event.preventDefault();
        more.add(dropped);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void attempt();
      }}
    >
      <TextField {...fields} area={area} label="Text" placeholder="" onFiles={more.add} />
      <EditFiles
        before={message.attachments ?? NO_FILES}
        files={files}
        arriving={more.arriving}
        pictures={more.pictures}
        onOriginal={more.useOriginal}
        onChange={setFiles}
      />
      <EditProblem
        problem={refusal.problem}
        confirmable={refusal.confirmable}
        onKeep={keepEditing}
        onConfirm={(confirmed) =>
          void attempt({ confirmed, ...(wasAnyway.current && { anyway: wasAnyway.current }) })
        }
        onAnyway={() => void attempt({ anyway: true })}
      />
      <div class="row">
        <ChooseFiles onFiles={more.add} />
        <TypeMenu {...fields} />
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
  readonly confirmable: string | undefined;
  readonly onKeep: () => void;
  readonly onConfirm: (contents: string) => void;
  readonly onAnyway: () => void;
}

function EditProblem({ problem, confirmable, onKeep, onConfirm, onAnyway }: EditProblemProps) {
  if (problem === undefined) return null;
  const keep = { label: 'Keep editing', choose: onKeep };
  if (isSecretGuard(problem) && confirmable !== undefined) {
    return (
      <Question
        text={problemInWords(problem)}
        choices={[keep, { label: 'Save it anyway', choose: () => onConfirm(confirmable) }]}
      />
    );
  }
  if (isOutOfDate(problem)) {
    const text = 'This message was changed elsewhere in the meantime. Both versions stay in its history.';
    return <Question text={text} choices={[keep, { label: 'Save mine anyway', choose: onAnyway }]} />;
  }
  if (isToldBy(problem, ['text', 'language', 'url'])) return null;
  return (
    <p class="error" role="alert">
      {problemInWords(problem)}
    </p>
  );
}

const NO_FILES: readonly Attachment[] = [];

const contentsOf = (written: Written, files: readonly Attachment[]): string =>
  JSON.stringify([written, files.map(({ sha256, name }) => [sha256, name])]);

const isSame = (a: Written, b: Written): boolean =>
  (Object.keys(a) as (keyof Written)[]).every((key) => a[key] === b[key]);

function toWritten({ type, text, language = '', url = '' }: Message): Written {
  return { type, text, language, url };
}
