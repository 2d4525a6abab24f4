import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { cutAt, type Finder } from '../../text/hits.ts';

/** Finds the matches of the current search. */
export const Finding = createContext<Finder>(() => []);

/** A text in which the matches of the search are highlighted. */
export function Marked({ text }: { text: string }) {
  const hits = useContext(Finding)(text);
  if (hits.length === 0) return <>{text}</>;
  return (
    <>
      {cutAt(text, hits).map((piece, index) =>
        piece.hit ? <mark key={index}>{piece.text}</mark> : piece.text,
      )}
    </>
  );
}
