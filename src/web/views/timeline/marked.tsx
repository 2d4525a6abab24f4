import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { cutAt, type Finder } from '../../text/hits.ts';

/** What the present search looks for. */
export const Finding = createContext<Finder>(() => []);

/** A text with what was searched for marked in it. */
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
