import { useState } from 'preact/hooks';
import type { Attachment } from '../../../domain/attachment.ts';
import { downloadAddress, fileAddress, hasFile } from '../../api/attachments.ts';
import { dialog } from '../../state/dialog.ts';
import { kindOfFile, shownSize, sizeInWords, typeInWords, withoutDirection } from '../../text/files.ts';
import { DocumentIcon } from '../ui/icons.tsx';

interface Props {
  /** The id of the message. */
  readonly message: string;
  readonly attachments?: readonly Attachment[] | undefined;
}

/** The files of a message, below its text. */
export function Files({ message, attachments = [] }: Props) {
  if (attachments.length === 0) return null;
  return (
    <ul class="files">
      {attachments.map((file) => (
        <li key={file.sha256} data-kind={kindOfFile(file.type)}>
          <File message={message} file={file} among={attachments} />
        </li>
      ))}
    </ul>
  );
}

interface FileProps {
  /** The id of its message. */
  readonly message: string;
  readonly file: Attachment;
  /** All files of its message. */
  readonly among: readonly Attachment[];
  /** The alternative text of a picture, if it is not the file name. */
  readonly words?: string;
}

/** One file, as a picture or a player; only by name if it cannot be loaded, or the browser cannot show it. */
export function File({ message, file, among, words }: FileProps) {
  const [fault, setFault] = useState<string>();
  const source = fileAddress(file.sha256);
  const kind = fault === undefined ? kindOfFile(file.type) : 'file';
  const lost = async () => {
    const isThere = await hasFile(file.sha256);
    if (isThere) setFault(kind === 'picture' ? 'cannot be shown' : 'cannot be played');
    else setFault(isThere === undefined ? 'cannot be loaded now' : 'not found here');
  };
  if (kind === 'picture') {
    const picture = { message, file, among, ...(words && { words }) };
    return <Picture {...picture} onError={() => void lost()} />;
  }
  const name = withoutDirection(file.name);
  if (kind === 'video') {
    return (
      <video
        src={source}
        {...sizeOf(file)}
        controls
        preload="metadata"
        playsInline
        aria-label={name}
        onError={() => void lost()}
      />
    );
  }
  if (kind === 'sound') {
    return (
      <figure class="sound">
        <figcaption>
          <bdi>{name}</bdi> <span class="hint">{sizeInWords(file.size)}</span>
        </figcaption>
        {/* biome-ignore lint/a11y/useMediaCaption: nobody has captions of what they recorded. */}
        <audio src={source} controls preload="none" aria-label={name} onError={() => void lost()} />
      </figure>
    );
  }
  return <Chip message={message} file={file} {...(fault !== undefined && { fault })} />;
}

/** A file to download, with its name and type, or with the reason why it is not shown. */
function Chip({ message, file, fault }: { message: string; file: Attachment; fault?: string }) {
  const name = withoutDirection(file.name);
  return (
    <a class="chip" href={downloadAddress(file.sha256, message)} download={name}>
      <DocumentIcon />
      <bdi class="chip-name">{name}</bdi>
      <span class="hint">{fault ?? `${typeInWords(file)}, ${sizeInWords(file.size)}`}</span>
    </a>
  );
}

/** A picture that has its final size from the first paint, so nothing moves when it is loaded. */
function Picture({ message, file, among, words, onError }: FileProps & { onError: () => void }) {
  const { sha256 } = file;
  const name = words ?? withoutDirection(file.name);
  const size = sizeOf(file) ?? UNKNOWN_SIZE;
  return (
    <button
      type="button"
      class="picture"
      aria-haspopup="dialog"
      aria-label={`View ${name}`}
      onClick={() => dialog.dispatch({ kind: 'picture', message, pictures: among.filter(isPicture), sha256 })}
    >
      <img src={fileAddress(sha256)} alt={name} {...size} loading="lazy" decoding="async" onError={onError} />
    </button>
  );
}

/** The displayed size of a picture or a video, if it is known in advance. */
const sizeOf = ({ width, height }: Attachment) =>
  width !== undefined && height !== undefined ? shownSize(width, height) : undefined;

const UNKNOWN_SIZE = { width: 320, height: 240 } as const;

const isPicture = ({ type }: Attachment): boolean => kindOfFile(type) === 'picture';
