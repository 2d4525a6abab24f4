import { sizeInWords } from '../../text/files.ts';

interface Props {
  /** The size of what is sent, in bytes. */
  readonly size: number;
  /** The size of the original, if a smaller picture was made from it. */
  readonly originalSize: number | null;
  readonly wantsOriginal: boolean;
  /** Whether the original may reveal where it was taken. */
  readonly tells: boolean;
  readonly isWaiting?: boolean;
  /** Whether the other one is being uploaded. */
  readonly isBusy?: boolean;
  readonly onOriginal: (wantsOriginal: boolean) => void;
}

/** How large a file is, and for a picture that was made smaller, the choice to send the original. */
export function PictureSize({ size, originalSize, wantsOriginal, tells, ...rest }: Props) {
  const { isWaiting = false, isBusy = false, onOriginal } = rest;
  return (
    <>
      <p class="hint">
        <span>
          {sizeInWords(size)}
          {originalSize !== null && !wantsOriginal && ` instead of ${sizeInWords(originalSize)}`}
          {isWaiting && ', waits for the server'}
        </span>
        {originalSize !== null && (
          <label>
            <input
              type="checkbox"
              checked={wantsOriginal}
              disabled={isBusy}
              onChange={(event) => onOriginal(event.currentTarget.checked)}
            />
            Keep original
          </label>
        )}
      </p>
      {tells && (originalSize === null || wantsOriginal) && (
        <p class="warn">It may reveal where it was taken.</p>
      )}
    </>
  );
}
