import { useRef, useState } from 'preact/hooks';
import type { RepositoryStatus } from '../../../contract/repository.ts';
import { moveRemote } from '../../actions/repositories.ts';
import { hasOwnRemote } from '../../text/words.ts';
import { PlaceForm } from './place-form.tsx';

const WORDS = { verb: 'Change remote', doing: 'Changing…', nothing: 'Nothing was changed' } as const;

/** Where a repository is pushed to, and a form to change that. */
export function ChangeRemote({ repository }: { repository: RepositoryStatus }) {
  const details = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  const { name, url } = repository;
  const done = () => {
    if (details.current) details.current.open = false;
    details.current?.querySelector('summary')?.focus();
  };
  return (
    <>
      <p class="hint">
        {hasOwnRemote(repository)
          ? 'Pushed to a folder of gitpost on this machine. Change the remote to keep a copy elsewhere.'
          : url}
      </p>
      <details class="manage" ref={details} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          Change the remote<span class="unseen"> of {name}</span>
        </summary>
        {isOpen && (
          <PlaceForm
            words={WORDS}
            isOpen={isOpen}
            hasBranch={false}
            submit={(addition) => moveRemote(name, addition)}
            onDone={done}
          />
        )}
      </details>
    </>
  );
}
