import { useEffect, useRef, useState } from 'preact/hooks';
import { getReadyForFiles } from '../../actions/chosen-file.ts';
import { addFiles, removeFile, renameFile, retryFile, useOriginal } from '../../actions/files.ts';
import { isPossibleSize } from '../../api/attachments.ts';
import { bytesOfFiles, type DraftFile, progress } from '../../state/draft-files.ts';
import { useStore } from '../../state/store.ts';
import { sizeInWords } from '../../text/files.ts';
import { count } from '../../text/words.ts';
import { ClipIcon, CloseIcon, DocumentIcon } from '../ui/icons.tsx';
import { DescriptionField } from './description-field.tsx';
import { PictureSize } from './picture-size.tsx';

/** The files of the message that is being written. */
export function DraftFiles({ files }: { files: readonly DraftFile[] }) {
  if (files.length === 0) return null;
  return (
    <>
      <FileCount sizes={files.map(({ size }) => size)} />
      <ul class="draft-files" aria-label="Files">
        {files.map((file) => (
          <Row key={file.key} file={file} />
        ))}
      </ul>
    </>
  );
}

/** How many files there are, if the list is too long to be seen as a whole. */
export function FileCount({ sizes }: { sizes: readonly number[] }) {
  if (sizes.length <= SEEN_AT_ONCE) return null;
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return (
    <p class="hint">
      {count(sizes.length, 'file')}, {sizeInWords(all)}
    </p>
  );
}

const SEEN_AT_ONCE = 3;

function Row({ file }: { file: DraftFile }) {
  const { key, name, extension = '', size, originalSize, wantsOriginal, tells, problem, sha256 } = file;
  const part = useStore(progress, (state) => state.get(key));
  const preview = bytesOfFiles.get(key)?.preview;
  const [canBeShown, setCanBeShown] = useState(true);
  return (
    <li class="draft-file" data-bad={problem !== null}>
      {preview && canBeShown ? (
        <img src={preview} alt="" onError={() => setCanBeShown(false)} />
      ) : (
        <DocumentIcon />
      )}
      <div class="draft-file-words">
        <DescriptionField
          label={`Description of ${name}`}
          name={name}
          extension={extension}
          onName={(next) => renameFile(key, next)}
        />
        <PictureSize
          size={size}
          originalSize={originalSize}
          wantsOriginal={wantsOriginal}
          tells={tells === true}
          isWaiting={part === undefined && sha256 === null && problem === null}
          onOriginal={(wants) => useOriginal(key, wants)}
        />
        {part !== undefined && <progress value={part} max={1} aria-label={`Uploading ${name}`} />}
        {problem !== null && (
          <p class="error" role="alert">
            {problem}
          </p>
        )}
        {problem !== null && bytesOfFiles.has(key) && isPossibleSize(size) && (
          <button type="button" class="link" onClick={() => retryFile(key)}>
            Try again
          </button>
        )}
      </div>
      <button type="button" class="icon-button" onClick={() => removeFile(key)}>
        <CloseIcon />
        <span class="unseen">Remove {name}</span>
      </button>
    </li>
  );
}

/** Chooses files for the message that is being written, or takes a photo on a phone. */
export function FileButton() {
  useEffect(getReadyForFiles, []);
  return <ChooseFiles onFiles={(files) => void addFiles(files)} />;
}

/** The button that opens the system's file dialog. */
export function ChooseFiles({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="icon-button" title="Add files" onClick={() => input.current?.click()}>
        <ClipIcon />
        <span class="unseen">Add files</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to add"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
