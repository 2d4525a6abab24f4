import type { ComponentChildren } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import { useReading } from '../../state/reading.ts';
import { cutAt } from '../../text/hits.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Finding } from './marked.tsx';

interface FigureProps {
  readonly text: string;
  readonly language: string;
  /** Content next to the name of the language. */
  readonly more?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A frame around code, with its language and a button that copies all of it. */
export function CodeFigure({ text, language, more, children }: FigureProps) {
  return (
    <figure class="code">
      <figcaption>
        <span>{language || 'Code'}</span>
        {more}
        <CopyButton text={text} what="code" />
      </figcaption>
      {children}
    </figure>
  );
}

/** The code itself, coloured as soon as the highlighter is loaded. */
export function CodeText({ text, language }: { text: string; language: string }) {
  return (
    // Wide code scrolls sideways, which must also work with the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus.
    <pre tabIndex={0}>
      <code dir="ltr">
        <Coloured text={text} language={language} />
      </code>
    </pre>
  );
}

function Coloured({ text, language }: { text: string; language: string }) {
  const reading = useReading();
  const find = useContext(Finding);
  const pieces = useMemo(
    () => reading?.highlight(text, language.toLowerCase()) ?? [{ text, class: '' }],
    [reading, text, language],
  );
  const hits = find(text);
  let at = 0;
  return (
    <>
      {pieces.map((piece, index) => {
        const from = at;
        at += piece.text.length;
        const own = hits
          .filter(([start, end]) => end > from && start < at)
          .map(([start, end]) => [Math.max(start - from, 0), Math.min(end, at) - from] as const);
        // biome-ignore-start lint/suspicious/noArrayIndexKey: the pieces of one text have no other identity.
        const words = cutAt(piece.text, own).map((part, n) =>
          part.hit ? <mark key={n}>{part.text}</mark> : part.text,
        );
        if (piece.class === '') return words;
        return (
          <span key={index} class={piece.class}>
            {words}
          </span>
        );
        // biome-ignore-end lint/suspicious/noArrayIndexKey: see above.
      })}
    </>
  );
}
