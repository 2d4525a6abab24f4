import { useEffect, useRef } from 'preact/hooks';
import { errorOf, type Problem } from '../../api/problem.ts';
import { draft, type Targets } from '../../state/draft.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { FieldError } from '../ui/problem.tsx';

/** Where the message goes. Until something is chosen, that is for the server to say. */
export function TargetsField({ targets, problem }: { targets: Targets; problem: Problem | undefined }) {
  const list = useStore(repositories, (state) => state.list);
  const known = list.map(({ name }) => name);
  // One that is gone can still be chosen in an old draft, and has to be seen to be taken out.
  const names = [...new Set([...known, ...(Array.isArray(targets) ? (targets as readonly string[]) : [])])];
  const details = useRef<HTMLDetailsElement>(null);
  useCloseOutside(details);
  return (
    <details class="targets" ref={details}>
      <summary>
        <span>
          <span class="unseen">Repositories: </span>to {inWords(targets, names)}
        </span>
      </summary>
      <fieldset class="popup">
        <legend>Save to</legend>
        <Option label="the default" checked={targets === 'default'} onPick={() => choose('default')} />
        <Option label="all repositories" checked={targets === 'all'} onPick={() => choose('all')} />
        <hr />
        {names.map((name) => (
          <label key={name} class="option">
            <input
              type="checkbox"
              checked={isChosen(targets, name)}
              onChange={() => choose(toggled(targets, name))}
            />
            {name}
          </label>
        ))}
      </fieldset>
      <FieldError id="targets-error" text={errorOf(problem, 'repositories')} />
    </details>
  );
}

function Option({ label, checked, onPick }: { label: string; checked: boolean; onPick: () => void }) {
  return (
    <label class="option">
      <input type="radio" name="targets" checked={checked} onChange={onPick} />
      {label}
    </label>
  );
}

function choose(targets: Targets): void {
  draft.dispatch({ type: 'write', change: { targets } });
}

function isChosen(targets: Targets, name: string): boolean {
  return Array.isArray(targets) && targets.includes(name);
}

function toggled(targets: Targets, name: string): Targets {
  const chosen = Array.isArray(targets) ? (targets as readonly string[]) : [];
  const next = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
  return next.length === 0 ? 'default' : next;
}

function inWords(targets: Targets, names: readonly string[]): string {
  if (targets === 'all') return 'all repositories';
  if (targets !== 'default') return targets.join(', ');
  return names.length === 1 ? (names[0] ?? '') : 'the default';
}

/** A click elsewhere or Escape closes what was opened. */
function useCloseOutside(details: { current: HTMLDetailsElement | null }): void {
  useEffect(() => {
    const onPointer = (event: PointerEvent) => {
      const element = details.current;
      if (element && !element.contains(event.target as Node)) element.open = false;
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !details.current?.open) return;
      details.current.open = false;
      details.current.querySelector('summary')?.focus();
    };
    addEventListener('pointerdown', onPointer);
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('pointerdown', onPointer);
      removeEventListener('keydown', onKey);
    };
  }, [details]);
}
