import { useRef, useState } from 'preact/hooks';
import { MESSAGE_TYPES } from '../../../domain/message.ts';
import { navigate } from '../../actions/navigate.ts';
import { EVERYTHING, isEverything, type Query, query } from '../../state/query.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { operatorsIn, withoutTerm } from '../../text/suggest.ts';
import { fullDay, startOfDay } from '../../text/time.ts';
import { TYPE_WORDS } from '../../text/words.ts';
import { CloseIcon } from '../ui/icons.tsx';
import { AUTHORS_ID, AuthorList } from './authors.tsx';
import { Found } from './found.tsx';
import { SearchField } from './search-field.tsx';

/** Finds as one types; the fields and the address bar always say the same. */
export function Search() {
  const current = useStore(query, (state) => state);
  const [open, setOpen] = useState(false);
  const chosen = [current.repository, current.author, current.type, current.tag].filter(Boolean).length;
  return (
    <search class="search">
      <form onSubmit={(event) => event.preventDefault()}>
        <SearchField value={current.q} />
        <button
          type="button"
          class="filters-toggle"
          aria-expanded={open}
          aria-controls="filters"
          onClick={() => setOpen(!open)}
        >
          Filters{chosen > 0 && <span class="badge">{chosen}</span>}
        </button>
        <div id="filters" class="filters" data-open={open}>
          <RepositoryFilter value={current.repository} />
          <AuthorFilter value={current.author} />
          <TypeFilter value={current.type} />
          <DayField at={current.at} />
        </div>
      </form>
      {!isEverything(current) && <Applied current={current} />}
    </search>
  );
}

/** What narrows the timeline down, each to be taken back by itself. */
function Applied({ current }: { current: Query }) {
  const { q, repository, author, type, tag, day } = current;
  return (
    <p class="applied">
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
      <Found />
    </p>
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

function RepositoryFilter({ value }: { value: string }) {
  const list = useStore(repositories, (state) => state.list);
  const names = list.map(({ name }) => name);
  if (value && !names.includes(value)) names.push(value);
  return (
    <label>
      <span class="unseen">Repository</span>
      <select value={value} onChange={(event) => navigate({ repository: event.currentTarget.value })}>
        <option value="">All repositories</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function AuthorFilter({ value }: { value: string }) {
  return (
    <label>
      <span class="unseen">Author</span>
      <input
        type="text"
        list={AUTHORS_ID}
        placeholder="Any author"
        value={value}
        autocomplete="off"
        onChange={(event) => navigate({ author: event.currentTarget.value.trim() })}
      />
      <AuthorList />
    </label>
  );
}

function TypeFilter({ value }: { value: string }) {
  // Other programs may write types of their own, and an address may ask for one.
  const types = [...new Set<string>([...MESSAGE_TYPES, ...(value ? [value] : [])])];
  return (
    <label>
      <span class="unseen">Type</span>
      <select value={value} onChange={(event) => navigate({ type: event.currentTarget.value })}>
        <option value="">Any type</option>
        {types.map((type) => (
          <option key={type} value={type}>
            {TYPE_WORDS[type] ?? type}
          </option>
        ))}
      </select>
    </label>
  );
}

const DAY_WAIT = 400;

/** Leads to a day. While its digits are typed, each of them is a day of some early year, so that it waits. */
function DayField({ at }: { at: string }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const go = (day: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => day >= '1970' && navigate({ at: day }), DAY_WAIT);
  };
  return (
    <label class="day-field">
      <span class="label">
        Go to<span class="unseen"> a day</span>
      </span>
      <input
        type="date"
        title="Go to a day"
        min="1970-01-01"
        max="9999-12-31"
        value={/^\d{4}-\d{2}-\d{2}$/.test(at) ? at : ''}
        onInput={(event) => go(event.currentTarget.value)}
      />
    </label>
  );
}
