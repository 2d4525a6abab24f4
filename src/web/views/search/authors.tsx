import { useMemo } from 'preact/hooks';
import { authors } from '../../state/authors.ts';
import { seenIn } from '../../state/seen.ts';
import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';

export const AUTHORS_ID = 'authors';

/** All authors, as suggestions wherever an author can be entered. */
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
