import { useId, useRef, useState } from 'preact/hooks';
import { add } from '../../actions/repositories.ts';
import { errorOf, type Problem } from '../../api/problem.ts';
import { additionInWords } from '../../text/problems.ts';
import { Question } from '../dialogs/question.tsx';
import { FieldError } from '../ui/problem.tsx';
import { CreateOption } from './create-option.tsx';
import { FromGithub } from './github-account.tsx';
import { useGithubAccount } from './use-github-account.ts';

/** Adds a repository by its name on GitHub, its address or its folder. */
export function AddRepository() {
  const [place, setPlace] = useState('');
  const [branch, setBranch] = useState('');
  const [create, setCreate] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const inquiry = useGithubAccount();
  const field = useRef<HTMLInputElement>(null);
  const details = useRef<HTMLDetailsElement>(null);
  const id = useId();

  const send = async (confirm: boolean) => {
    if (busy || place.trim() === '') return;
    setBusy(true);
    const refusal = await add({ place: place.trim(), branch: branch.trim(), create, confirm });
    setBusy(false);
    setProblem(refusal && { ...refusal, detail: additionInWords(refusal, place.trim()) });
    if (refusal) return;
    setPlace('');
    setBranch('');
    setCreate(false);
    if (details.current) details.current.open = false;
    details.current?.querySelector('summary')?.focus();
  };

  const choose = (fullName: string) => {
    setPlace(fullName);
    setCreate(false);
    setProblem(undefined);
    field.current?.focus();
  };

  const isPublic = problem?.type.endsWith(':public-repository') ?? false;
  const submit = (event: Event) => {
    event.preventDefault();
    void send(false);
  };
  return (
    <details class="manage" ref={details} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Add a repository</summary>
      <form class="manage-form" onSubmit={submit}>
        {isOpen && <FromGithub inquiry={inquiry} choose={choose} />}
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
        <CreateOption account={inquiry.account} checked={create} onToggle={() => setCreate(!create)} />
        <FieldError id={`${id}-error`} text={isPublic ? undefined : problem?.detail} />
        {isPublic ? (
          <Question
            text={`${place.trim()} is public: anyone can read what you write there. Add it anyway?`}
            choices={[
              { label: 'No', choose: () => setProblem(undefined) },
              { label: 'Add the public repository', choose: () => void send(true) },
            ]}
          />
        ) : (
          <div class="row">
            <button type="submit" class="primary" aria-disabled={busy || place.trim() === ''}>
              {busy ? 'Adding…' : 'Add'}
            </button>
          </div>
        )}
      </form>
    </details>
  );
}
