import { useState } from 'preact/hooks';
import { filesIn } from '../../api/readable.ts';
import { IMPORT_SOURCES } from '../../text/formats.ts';

/** Asks for the file of an export, which can be chosen or dropped. */
export function ChooseFile({ onChoose }: { onChoose: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  const take = (file: File | undefined) => file && onChoose(file);
  return (
    <div class="import-choose">
      <label
        class="drop-area"
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(filesIn(event.dataTransfer)[0]);
        }}
      >
        <input
          type="file"
          class="unseen"
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            // This allows the same file to be chosen again.
            event.currentTarget.value = '';
          }}
        />
        <span>
          <span class="link">Choose a file</span> or drop it here
        </span>
        <span class="hint">Nothing is imported until you have seen what is in it.</span>
      </label>
      <details>
        <summary>Where do I get a file from?</summary>
        <dl class="sources">
          {IMPORT_SOURCES.map(({ name, how }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{how}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}
