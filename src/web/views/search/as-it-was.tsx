import { navigate } from '../../actions/navigate.ts';
import { query } from '../../state/query.ts';
import { useStore } from '../../state/store.ts';
import { shortWhen } from '../../text/time.ts';
import { shortCommit } from '../../text/words.ts';
import { ClockIcon } from '../ui/icons.tsx';

/** Says that the timeline is shown as it was, with a link back to the present. */
export function AsItWas() {
  const asOf = useStore(query, (state) => state.asOf);
  if (asOf === '') return null;
  const isMoment = !Number.isNaN(Date.parse(asOf)) && asOf.includes('-');
  return (
    <p class="as-it-was" role="status">
      <ClockIcon />
      <span>
        The timeline as it was {isMoment ? `on ${shortWhen(asOf)}` : `at commit ${shortCommit(asOf)}`}
      </span>
      <button type="button" class="link" onClick={() => navigate({ asOf: '', at: '' })}>
        Back to now
      </button>
    </p>
  );
}
