import { useRef, useState } from 'preact/hooks';
import { MESSAGE_TYPES } from '../../../domain/message.ts';
import { loadAuthors } from '../../actions/authors.ts';
import { navigate } from '../../actions/navigate.ts';
import { query } from '../../state/query.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { dayAfter, dayOf, startOfDay } from '../../text/time.ts';
import { TYPE_WORDS } from '../../text/words.ts';
import { FilterIcon } from '../ui/icons.tsx';
import { AUTHORS_ID, AuthorList } from './authors.tsx';
import { PushButton } from './push-button.tsx';
import { SearchField } from './search-field.tsx';

/** Searches as one types. The fields and the address bar always match. */
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
          class="pill filters-toggle"
          aria-expanded={open}
          aria-controls="filters"
          onClick={() => setOpen(!open)}
        >
          <FilterIcon />
          <span class="filters-word">Filters</span>
          {chosen > 0 && <span class="badge">{chosen}</span>}
        </button>
        <PushButton />
        <div id="filters" class="filters" data-open={open}>
          <RepositoryFilter value={current.repository} />
          <AuthorFilter value={current.author} />
          <TypeFilter value={current.type} />
          <DayField at={current.at} />
          <AsOfField asOf={current.asOf} />
        </div>
      </form>
    </search>
  );
}

function RepositoryFilter({ value }: { value: string }) {
  const list = useStore(repositories, (state) => state.list);
  const names = list.map(({ name }) => name);
  if (value && !names.includes(value)) names.push(value);
  return (
    <label>
      <span class="label">Repository</span>
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
      <span class="label">Author</span>
      <input
        type="text"
        list={AUTHORS_ID}
        placeholder="Any author"
        value={value}
        autocomplete="off"
        onFocus={() => void loadAuthors()}
        onChange={(event) => navigate({ author: event.currentTarget.value.trim() })}
      />
      <AuthorList />
    </label>
  );
}

function TypeFilter({ value }: { value: string }) {
  // Other programs may write their own types, and an address may contain one.
  const types = [...new Set<string>([...MESSAGE_TYPES, ...(value ? [value] : [])])];
  return (
    <label>
      <span class="label">Type</span>
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

/**
 * Goes to a day. While its digits are typed, each intermediate value is a day in some early year, so this waits a
 * moment.
 */
function DayField({ at }: { at: string }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const go = (day: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => day >= '1970' && navigate({ at: day }), DAY_WAIT);
  };
  return (
    <label class="day-field">
      <span class="label">Go to a day</span>
      <input
        type="date"
        min="1970-01-01"
        max="9999-12-31"
        value={/^\d{4}-\d{2}-\d{2}$/.test(at) ? at : ''}
        onInput={(event) => go(event.currentTarget.value)}
      />
    </label>
  );
}

/** Shows everything as it was at the end of a day. */
function AsOfField({ asOf }: { asOf: string }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const go = (day: string) => {
    clearTimeout(timer.current);
    const end = startOfDay(dayAfter(day, 1));
    timer.current = setTimeout(() => day >= '1970' && end && navigate({ asOf: end, at: '' }), DAY_WAIT);
  };
  return (
    <label class="day-field">
      <span class="label">As it was on</span>
      <input
        type="date"
        min="1970-01-01"
        max={dayOf(Date.now())}
        value={Number.isNaN(Date.parse(asOf)) ? '' : dayOf(Date.parse(asOf) - 1)}
        onInput={(event) => go(event.currentTarget.value)}
      />
    </label>
  );
}
