import { useState } from 'preact/hooks';
import { type Attachment, extensionOf } from '../../../domain/attachment.ts';
import { fileAddress } from '../../api/attachments.ts';
import { kindOfFile, sizeInWords, withoutDirection } from '../../text/files.ts';
import { CloseIcon, DocumentIcon } from '../ui/icons.tsx';
import { DescriptionField } from './description-field.tsx';
import { FileCount } from './draft-files.tsx';
import { PictureSize } from './picture-size.tsx';
import type { Arriving, Picture } from './use-edit-files.ts';

interface Props {
  /** The files of the message as it is saved. The server shows no others. */
  readonly before: readonly Attachment[];
  readonly files: readonly Attachment[];
  readonly arriving: readonly Arriving[];
  /** The pictures that were made smaller during the edit, by the SHA-256 of the one in use. */
  readonly pictures: ReadonlyMap<string, Picture>;
  readonly onOriginal: (sha256: string, wantsOriginal: boolean) => void;
  readonly onChange: (files: readonly Attachment[]) => void;
}

/**
 * The files of a message that is being edited: their names, which are also the alternative texts of pictures, and a
 * button to remove each.
 */
export function EditFiles({ before, files, arriving, pictures, onOriginal, onChange }: Props) {
  if (files.length + arriving.length === 0) return null;
  const saved = new Set(before.map(({ sha256 }) => sha256));
  const rename = (sha256: string, name: string) =>
    onChange(files.map((file) => (file.sha256 === sha256 ? { ...file, name } : file)));
  const hintOf = (sha256: string) => {
    const picture = pictures.get(sha256);
    if (!picture) return null;
    const { original, reduced, tells } = picture;
    // What was chosen is shown at once, and can be changed again when it has been uploaded.
    const isBusy = arriving.some(({ replaces }) => replaces === sha256);
    const wantsOriginal = picture.wantsOriginal !== isBusy;
    return (
      <PictureSize
        size={(wantsOriginal ? original : reduced).size}
        originalSize={original.size}
        wantsOriginal={wantsOriginal}
        tells={tells}
        isBusy={isBusy}
        onOriginal={(wants) => onOriginal(sha256, wants)}
      />
    );
  };
  return (
    <>
      <FileCount sizes={files.map(({ size }) => size)} />
      <ul class="draft-files" aria-label="Files">
        {files.map(({ sha256, name, type, size }, index) => (
          <li key={sha256} class="draft-file">
            {saved.has(sha256) && kindOfFile(type) === 'picture' ? (
              <img src={fileAddress(sha256)} alt="" loading="lazy" />
            ) : (
              <DocumentIcon />
            )}
            <div class="draft-file-words">
              <Description
                label={`Description of file ${index + 1}`}
                name={name}
                onName={(next) => rename(sha256, next)}
              />
              {hintOf(sha256) ?? <p class="hint">{sizeInWords(size)}</p>}
            </div>
            <button
              type="button"
              class="icon-button"
              onClick={() => onChange(files.filter((file) => file.sha256 !== sha256))}
            >
              <CloseIcon />
              <span class="unseen">Remove {name}</span>
            </button>
          </li>
        ))}
        {arriving.map(({ key, name, part }) => (
          <li key={`arriving ${key}`} class="draft-file">
            <DocumentIcon />
            <div class="draft-file-words">
              <bdi>{withoutDirection(name)}</bdi>
              <progress value={part} max={1} aria-label={`Uploading ${name}`} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

interface DescriptionProps {
  readonly label: string;
  readonly name: string;
  readonly onName: (name: string) => void;
}

/** The extension is that of the name before it was changed. */
function Description(props: DescriptionProps) {
  const [extension] = useState(() => extensionOf(props.name));
  return <DescriptionField {...props} extension={extension} />;
}
