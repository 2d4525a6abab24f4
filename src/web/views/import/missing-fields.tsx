import { useId, useState } from 'preact/hooks';
import type { ImportOptions } from '../../api/import.ts';

export type Missing = 'zone' | 'dates';

interface Props {
  readonly missing: Missing;
  /** Why this is needed, with an example from the file. */
  readonly detail: string;
  readonly onGive: (given: Pick<ImportOptions, 'zone' | 'dates'>) => void;
}

/** Asks for what an export does not contain: the time zone of its times, or the order of day and month. */
export function MissingFields({ missing, detail, onGive }: Props) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [zone, setZone] = useState(here);
  const [dates, setDates] = useState<'dmy' | 'mdy'>('dmy');
  const id = useId();
  const submit = (event: Event) => {
    event.preventDefault();
    onGive(missing === 'zone' ? { zone: zone.trim() } : { dates });
  };
  return (
    <form class="manage-form" onSubmit={submit}>
      <p role="status">{detail}</p>
      {missing === 'zone' ? (
        <>
          <label for={id}>Time zone</label>
          <input
            id={id}
            type="text"
            list={`${id}-zones`}
            value={zone}
            autocapitalize="off"
            spellcheck={false}
            onInput={(event) => setZone(event.currentTarget.value)}
          />
          <datalist id={`${id}-zones`}>
            {Intl.supportedValuesOf('timeZone').map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      ) : (
        <fieldset class="choices">
          <legend>Dates such as 3/4/25 are</legend>
          <label>
            <input type="radio" name={id} checked={dates === 'dmy'} onChange={() => setDates('dmy')} />
            day first: 3 April
          </label>
          <label>
            <input type="radio" name={id} checked={dates === 'mdy'} onChange={() => setDates('mdy')} />
            month first: 4 March
          </label>
        </fieldset>
      )}
      <div class="row">
        <button type="submit" class="primary">
          Continue
        </button>
      </div>
    </form>
  );
}
