import { needsPerson } from '../../../domain/repository.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { needInWords } from '../../text/words.ts';

/**
 * The result of a push or pull of all repositories. It always takes up its place, since a live region has to exist
 * before its text can be announced.
 */
export function RunSummary() {
  const { list, allDone } = useStore(repositories, (state) => state);
  const ran = list.filter(({ name }) => allDone.includes(name));
  const inNeed = ran.filter(needsPerson);
  const done = ran.length - inNeed.length;
  return (
    <p class="run-summary" role="status">
      {done > 0 && `${done.toLocaleString()} done`}
      {done > 0 && inNeed.length > 0 && ' · '}
      {inNeed.length > 0 && (
        <button type="button" class="link" onClick={(event) => showFirstInNeed(event.currentTarget)}>
          {needInWords(inNeed.length)}
        </button>
      )}
    </p>
  );
}

/**
 * Scrolls and moves the focus to the name of the first repository that needs a person. What is wrong is shown below
 * it.
 */
function showFirstInNeed(from: HTMLElement): void {
  const first = from.closest('.panel')?.querySelector('.repository[data-needs-you="true"]');
  first?.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: 'start' });
}
