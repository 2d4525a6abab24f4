import { useRef, useState } from 'preact/hooks';
import { add } from '../../actions/repositories.ts';
import { PlaceForm } from './place-form.tsx';

const WORDS = { verb: 'Add', doing: 'Adding…', nothing: 'Nothing was added' } as const;

/** Adds a repository by its name on GitHub, its address or its folder. */
export function AddRepository() {
  const details = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  const done = () => {
    if (details.current) details.current.open = false;
    details.current?.querySelector('summary')?.focus();
  };
  return (
    <details class="manage" ref={details} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Add a repository</summary>
      <PlaceForm words={WORDS} isOpen={isOpen} hasBranch submit={add} onDone={done} />
    </details>
  );
}
