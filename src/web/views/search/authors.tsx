import { useMemo } from 'preact/hooks';
import { authors } from '../../state/authors.ts';
import { seenIn } from '../../state/seen.ts';
import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';

export const AUTHORS_ID = 'authors';

/** Everybody who has written, offered wherever an author can be typed. */
export function AuthorList() {
  const all = useStore(authors, (state) => state);
  const messages = useStore(timeline, (state) => state.messages);
  const names = useMemo(() => [...new Set([...all, ...seenIn(messages).authors])], [all, messages]);
  return (
    <datalist id={AUTHORS_ID}>
      {names.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}
