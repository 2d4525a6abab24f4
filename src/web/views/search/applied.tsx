import { navigate } from '../../actions/navigate.ts';
import { EVERYTHING, isWhole, type Query, query } from '../../state/query.ts';
import { useStore } from '../../state/store.ts';
import { operatorsIn, unknownOperators, withoutTerm } from '../../text/suggest.ts';
import { fullDay, startOfDay } from '../../text/time.ts';
import { TYPE_WORDS } from '../../text/words.ts';
import { DialogLink } from '../ui/dialog-link.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import { Found } from './found.tsx';
import { SaveSearch } from './save-search.tsx';

/** The active filters of the timeline. Each can be removed separately. */
export function Applied() {
  const current = useStore(query, (state) => state);
  if (isWhole(current)) return null;
  const { q, repository, author, type, tag, day } = current;
  return (
    <div class="applied">
      {repository && <Chip words={`in ${repository}`} without={{ repository: '' }} />}
      {author && <Chip words={`from ${author}`} without={{ author: '' }} />}
      {type && <Chip words={TYPE_WORDS[type] ?? type} without={{ type: '' }} />}
      {tag && <Chip words={`#${tag}`} without={{ tag: '' }} />}
      {startOfDay(day) && <Chip words={fullDay(day)} without={{ day: '' }} />}
      {operatorsIn(q).map((term) => (
        <Chip key={term} words={term} without={{ q: withoutTerm(q, term) }} />
      ))}
      <button type="button" class="link" onClick={() => navigate(EVERYTHING)}>
        Show everything
      </button>
      {unknownOperators(q).map((name) => (
        <span key={name} class="warn">
          There is no operator {name}: – it was searched for as text.
        </span>
      ))}
      <SaveSearch />
      <DialogLink opens={{ kind: 'export' }}>Export this view</DialogLink>
      <Found />
    </div>
  );
}

function Chip({ words, without }: { words: string; without: Partial<Query> }) {
  return (
    <button type="button" class="chip" onClick={() => navigate(without)}>
      <bdi>{words}</bdi>
      <CloseIcon />
      <span class="unseen">Remove this filter</span>
    </button>
  );
}
