import { useState } from 'preact/hooks';
import type { ExportFormat } from '../../../contract/export.ts';
import { at } from '../../api/place.ts';
import { formatQuery, isEverything, query } from '../../state/query.ts';
import { useStore } from '../../state/store.ts';
import { EXPORT_FORMATS } from '../../text/formats.ts';

/** Downloads what the timeline shows, or everything, as a file. */
export function ExportView() {
  const shown = useStore(query, (state) => state);
  const [format, setFormat] = useState<ExportFormat>('markdown');
  const [isAll, setAll] = useState(false);
  const [hasRevisions, setRevisions] = useState(false);
  const isNarrowed = !isEverything({ ...shown, asOf: '' });
  const wanted = {
    ...shown,
    ...(isAll && { q: '', repository: '', author: '', type: '', tag: '', day: '' }),
  };
  const more = { format, ...(format === 'ndjson' && hasRevisions && { revisions: 'all' }) };
  return (
    <form class="manage-form" onSubmit={(event) => event.preventDefault()}>
      {isNarrowed && (
        <fieldset class="choices">
          <legend>Messages</legend>
          <label>
            <input type="radio" name="which" checked={!isAll} onChange={() => setAll(false)} />
            What is shown now
          </label>
          <label>
            <input type="radio" name="which" checked={isAll} onChange={() => setAll(true)} />
            All messages
          </label>
        </fieldset>
      )}
      <fieldset class="choices">
        <legend>Format</legend>
        {EXPORT_FORMATS.map(({ format: one, name, use }) => (
          <label key={one}>
            <input type="radio" name="format" checked={one === format} onChange={() => setFormat(one)} />
            <span>
              {name} <span class="hint">{use}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {format === 'ndjson' && (
        <label class="check">
          <input
            type="checkbox"
            checked={hasRevisions}
            onChange={(event) => setRevisions(event.currentTarget.checked)}
          />
          With every revision
        </label>
      )}
      {shown.asOf !== '' && <p class="hint">The export has the messages as they were then.</p>}
      <div class="row">
        <a class="button primary" href={at(`/export?${formatQuery(wanted, more)}`)} download>
          Export
        </a>
      </div>
    </form>
  );
}
