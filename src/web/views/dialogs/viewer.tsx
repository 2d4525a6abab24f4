import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Attachment } from '../../../domain/attachment.ts';
import { downloadAddress, fileAddress } from '../../api/attachments.ts';
import { sizeInWords, withoutDirection } from '../../text/files.ts';
import { CloseIcon, DownIcon, NextIcon, PreviousIcon } from '../ui/icons.tsx';

interface Props {
  /** The id of a message. */
  readonly message: string;
  /** The pictures of this message. */
  readonly pictures: readonly Attachment[];
  /** The first one to show. */
  readonly sha256: string;
  readonly onClose: () => void;
}

/** How far a finger has to move for the next picture, in pixels. */
const SWIPE = 60;

/** A picture as large as the window. A key or a swipe shows the others of its message. */
export function Viewer({ message, pictures, sha256, onClose }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const [shown, setShown] = useState(sha256);
  const place = useRef<HTMLDivElement>(null);
  const [wantsLarge, setLarge] = useState(false);
  /** A picture that fits is at its full size already. */
  const [fits, setFits] = useState(true);
  const isLarge = wantsLarge && !fits;
  /** The picture that the browser could not show. */
  const [broken, setBroken] = useState<string>();
  const touched = useRef<number | undefined>(undefined);
  const index = Math.max(
    0,
    pictures.findIndex((one) => one.sha256 === shown),
  );
  const picture = pictures[index];
  const measure = () => {
    const [box, image] = [place.current, place.current?.querySelector('img')];
    if (!box || !image) return;
    setFits(image.naturalWidth <= box.clientWidth && image.naturalHeight <= box.clientHeight);
  };
  useLayoutEffect(() => {
    const { current } = element;
    current?.showModal();
    window.addEventListener('resize', measure);
    return () => {
      window.removeEventListener('resize', measure);
      current?.close();
    };
  }, []);
  useLayoutEffect(() => {
    // The browser remembers where another picture was scrolled to.
    if (isLarge) place.current?.scrollTo(0, 0);
  }, [isLarge]);
  if (picture === undefined) return null;

  const go = (by: number) => {
    const next = pictures[index + by];
    if (!next) return;
    setLarge(false);
    setFits(true);
    setShown(next.sha256);
  };
  const name = withoutDirection(picture.name);
  return (
    <dialog
      ref={element}
      class="viewer"
      aria-label={name}
      onClose={onClose}
      onClick={(event) => event.target === element.current && onClose()}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') go(-1);
        else if (event.key === 'ArrowRight') go(1);
        else if (event.key === '+') setLarge(!fits);
        else if (event.key === '-') setLarge(false);
        else return;
        event.preventDefault();
      }}
      onTouchStart={({ touches }) => {
        touched.current = touches.length === 1 && !isLarge ? touches[0]?.clientX : undefined;
      }}
      onTouchEnd={({ changedTouches }) => {
        const moved = (changedTouches[0]?.clientX ?? 0) - (touched.current ?? Number.NaN);
        if (Math.abs(moved) > SWIPE) go(moved > 0 ? -1 : 1);
      }}
    >
      <header class="viewer-head">
        <p>
          <bdi>{name}</bdi>{' '}
          <span class="hint">
            {picture.width !== undefined && `${picture.width} × ${picture.height}, `}
            {sizeInWords(picture.size)}
            {pictures.length > 1 && `, ${index + 1} of ${pictures.length}`}
          </span>
        </p>
        <a class="button" href={downloadAddress(picture.sha256, message)} download={name}>
          <DownIcon />
          Download
        </a>
        <button type="button" autofocus onClick={onClose}>
          <CloseIcon />
          <span class="unseen">Close</span>
        </button>
      </header>
      {broken === picture.sha256 ? (
        <p class="viewer-broken">This picture cannot be shown. It can be downloaded.</p>
      ) : (
        <div ref={place} class="viewer-place" data-large={isLarge}>
          <button
            type="button"
            class="viewer-picture"
            aria-disabled={fits}
            aria-label={isLarge ? 'Fit to the window' : 'Show at full size'}
            onClick={() => setLarge(!isLarge && !fits)}
          >
            <img
              src={fileAddress(picture.sha256)}
              alt={name}
              draggable={false}
              onLoad={measure}
              onError={() => setBroken(picture.sha256)}
            />
          </button>
        </div>
      )}
      {pictures.length > 1 && (
        <footer class="viewer-foot">
          <button type="button" aria-disabled={index === 0} onClick={() => go(-1)}>
            <PreviousIcon />
            <span>Previous</span>
          </button>
          <button type="button" aria-disabled={index === pictures.length - 1} onClick={() => go(1)}>
            <span>Next</span>
            <NextIcon />
          </button>
        </footer>
      )}
    </dialog>
  );
}
