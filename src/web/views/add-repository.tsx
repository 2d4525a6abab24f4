import { useId, useRef, useState } from 'preact/hooks';
import { add } from '../actions/repositories.ts';
import { errorOf, type Problem } from '../api/problem.ts';
import { FieldError } from './problem.tsx';

/** Adds a repository by its name on GitHub, its address or its folder. */
export function AddRepository() {
  const [place, setPlace] = useState('');
  const [branch, setBranch] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const details = useRef<HTMLDetailsElement>(null);
  const id = useId();

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy || place.trim() === '') return;
    setBusy(true);
    const refusal = await add({ place: place.trim(), branch: branch.trim() });
    setBusy(false);
    setProblem(refusal);
    if (refusal) return;
    setPlace('');
    setBranch('');
    if (details.current) details.current.open = false;
    details.current?.querySelector('summary')?.focus();
  };

  return (
    <details class="manage" ref={details}>
      <summary>Add a repository</summary>
      <form class="manage-form" onSubmit={submit}>
        <label for={`${id}-place`}>GitHub name, address or folder</label>
        <input
          id={`${id}-place`}
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
        <label for={`${id}-branch`}>Branch, if not the usual one</label>
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
        <FieldError id={`${id}-error`} text={problem?.detail} />
        <div class="row">
          <button type="submit" class="primary" aria-disabled={busy || place.trim() === ''}>
            {busy ? 'Adding…' : 'Add'}
          </button>
        </div>
      </form>
    </details>
  );
}
