import { useEffect, useRef } from 'preact/hooks';
import { errorOf, type Problem } from '../../api/problem.ts';
import { draft, type Targets } from '../../state/draft.ts';
import { repositories } from '../../state/repositories.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';
import { FieldError } from '../ui/problem.tsx';

/**
 * The repositories that the message goes to, as check boxes. Which ones are checked at first depends on the server's
 * configuration.
 */
export function TargetsField({ targets, problem }: { targets: Targets; problem: Problem | undefined }) {
  const list = useStore(repositories, (state) => state.list);
  const isAllByDefault = useStore(settings, (state) => state?.defaultTarget === 'all');
  const known = list.map(({ name }) => name);
  const usual = list.filter(({ primary }) => primary || isAllByDefault).map(({ name }) => name);
  // An old draft may name a repository that is gone. It must be shown, so it can be unchecked.
  const names = [...new Set([...known, ...(Array.isArray(targets) ? (targets as readonly string[]) : [])])];
  const chosen = targets === 'default' ? usual : targets === 'all' ? names : targets;
  const details = useRef<HTMLDetailsElement>(null);
  useCloseOutside(details);

  const choose = (next: readonly string[]) => {
    const isUsual = next.length === 0 || sameNames(next, usual);
    draft.dispatch({ type: 'write', change: { targets: isUsual ? 'default' : next } });
  };
  return (
    <details class="targets" ref={details}>
      <summary>
        <span>
          <span class="unseen">Repositories: </span>to {inWords(chosen, names)}
        </span>
      </summary>
      <fieldset class="popup">
        <legend>Save to</legend>
        <label class="option">
          <input
            type="checkbox"
            checked={chosen.length === names.length}
            onChange={(event) =>
              event.currentTarget.checked
                ? draft.dispatch({ type: 'write', change: { targets: 'all' } })
                : choose(usual.length === names.length ? names.slice(0, 1) : usual)
            }
          />
          All repositories
        </label>
        <hr />
        {names.map((name) => (
          <label key={name} class="option">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={() =>
                choose(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name])
              }
            />
            {name}
          </label>
        ))}
      </fieldset>
      <FieldError id="targets-error" text={errorOf(problem, 'repositories')} />
    </details>
  );
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name));

function inWords(chosen: readonly string[], names: readonly string[]): string {
  return chosen.length === names.length && names.length > 1 ? 'all repositories' : chosen.join(', ');
}

/** A click outside or Escape closes the menu. */
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
