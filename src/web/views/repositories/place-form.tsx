import { useId, useRef, useState } from 'preact/hooks';
import { errorOf, type Problem } from '../../api/problem.ts';
import type { Addition } from '../../api/repositories.ts';
import { additionInWords } from '../../text/problems.ts';
import { Question } from '../dialogs/question.tsx';
import { FieldError } from '../ui/problem.tsx';
import { CreateOption, reasonAgainst } from './create-option.tsx';
import { FromGithub } from './github-account.tsx';
import { useGithubAccount } from './use-github-account.ts';

interface Props {
  readonly words: {
    /** The button's label, normally and while it is busy. */
    readonly verb: string;
    readonly doing: string;
    /** The beginning of a refusal: that nothing was added, or changed. */
    readonly nothing: string;
  };
  /** Whether the form is visible, so it is worth asking GitHub. */
  readonly isOpen: boolean;
  readonly hasBranch: boolean;
  readonly submit: (addition: Addition) => Promise<Problem | undefined>;
  readonly onDone: () => void;
}

/** Asks for a repository elsewhere: its name on GitHub, its address or its folder. A public one has to be confirmed. */
export function PlaceForm({ words, isOpen, hasBranch, submit: send, onDone }: Props) {
  const [place, setPlace] = useState('');
  const [branch, setBranch] = useState('');
  const [create, setCreate] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const inquiry = useGithubAccount();
  const field = useRef<HTMLInputElement>(null);
  const id = useId();

  const attempt = async (confirm: boolean) => {
    if (busy || place.trim() === '') return;
    setBusy(true);
    const refusal = await send({ place: place.trim(), branch: branch.trim(), create, confirm });
    setBusy(false);
    setProblem(refusal && { ...refusal, detail: additionInWords(refusal, place.trim(), words.nothing) });
    if (refusal) return;
    setPlace('');
    setBranch('');
    setCreate(false);
    onDone();
  };

  const choose = (fullName: string) => {
    setPlace(fullName);
    setCreate(false);
    setProblem(undefined);
    field.current?.focus();
  };

  const reason = reasonAgainst(inquiry.account);
  const isPublic = problem?.type.endsWith(':public-repository') ?? false;
  const submit = (event: Event) => {
    event.preventDefault();
    void attempt(false);
  };
  return (
    <form class="manage-form" onSubmit={submit}>
      <label for={`${id}-place`}>GitHub name, address or folder</label>
      <input
        id={`${id}-place`}
        ref={field}
        type="text"
        value={place}
        placeholder="owner/name"
        autocapitalize="off"
        spellcheck={false}
        aria-describedby={`${id}-hint ${id}-error`}
        aria-invalid={problem !== undefined}
        onInput={(event) => setPlace(event.currentTarget.value)}
      />
      <p class="hint" id={`${id}-hint`}>
        For example owner/name, https://example.org/notes.git, git@example.org:notes.git or
        /media/disk/notes.git
      </p>
      {hasBranch && (
        <>
          <label for={`${id}-branch`}>Branch (optional)</label>
          <input
            id={`${id}-branch`}
            type="text"
            value={branch}
            autocapitalize="off"
            spellcheck={false}
            aria-invalid={errorOf(problem, 'branch') !== undefined}
            aria-describedby={`${id}-error`}
            onInput={(event) => setBranch(event.currentTarget.value)}
          />
        </>
      )}
      <CreateOption
        isPossible={reason === undefined}
        reasonId={`${id}-reason`}
        checked={create}
        onToggle={() => setCreate(!create)}
      />
      <FieldError id={`${id}-error`} text={isPublic ? undefined : problem?.detail} />
      {isPublic ? (
        <Question
          text={`${place.trim()} is public: anyone can read what you write there. Use it anyway?`}
          choices={[
            { label: 'No', choose: () => setProblem(undefined) },
            { label: `${words.verb} the public repository`, choose: () => void attempt(true) },
          ]}
        />
      ) : (
        <div class="row">
          <button type="submit" class="primary" aria-disabled={busy || place.trim() === ''}>
            {busy ? words.doing : words.verb}
          </button>
        </div>
      )}
      {/* Content from GitHub arrives later, so it is below everything that it could move away from under the mouse. */}
      {reason && (
        <p class="hint" id={`${id}-reason`}>
          {reason}
        </p>
      )}
      {isOpen && <FromGithub inquiry={inquiry} choose={choose} />}
    </form>
  );
}
