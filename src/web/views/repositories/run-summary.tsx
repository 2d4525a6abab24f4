import { needsPerson } from '../../../domain/repository.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { needInWords } from '../../text/words.ts';

/** What a push or a pull of all came to. Its place is always there: what is to be announced has to be known before. */
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

/** Leads a reader, by eye and by key, to the name of the repository: what is wrong stands below it. */
function showFirstInNeed(from: HTMLElement): void {
  const first = from.closest('.panel')?.querySelector('.repository[data-needs-you="true"]');
  first?.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: 'start' });
}
