import { useEffect, useState } from 'preact/hooks';
import type { KeptFile } from '../../state/outbox.ts';
import { kindOfFile, sizeInWords, withoutDirection } from '../../text/files.ts';
import { DocumentIcon } from '../ui/icons.tsx';

/** The files of a message that is waiting for the server. */
export function WaitingFiles({ files }: { files: readonly KeptFile[] }) {
  if (files.length === 0) return null;
  return (
    <ul class="draft-files" aria-label="Files">
      {files.map((file, index) => (
        <WaitingFile key={index} {...file} />
      ))}
    </ul>
  );
}

function WaitingFile({ name, blob }: KeptFile) {
  const preview = usePreview(blob);
  return (
    <li class="draft-file">
      {preview ? <img src={preview} alt="" /> : <DocumentIcon />}
      <div class="draft-file-words">
        <bdi>{withoutDirection(name)}</bdi>
        {blob && <p class="hint">{sizeInWords(blob.size)}</p>}
      </div>
    </li>
  );
}

/** The address of a picture that only this browser has. */
function usePreview(blob: Blob | undefined): string | undefined {
  const [preview, setPreview] = useState<string>();
  useEffect(() => {
    if (!blob || kindOfFile(blob.type) !== 'picture') return;
    const address = URL.createObjectURL(blob);
    setPreview(address);
    return () => URL.revokeObjectURL(address);
  }, [blob]);
  return preview;
}
