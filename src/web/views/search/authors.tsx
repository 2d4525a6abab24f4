import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';

export const AUTHORS_ID = 'authors';

/** The authors of what is shown, offered wherever an author can be typed. */
export function AuthorList() {
  const joined = useStore(timeline, ({ messages }) =>
    [...new Set(messages.map(({ author }) => author))].sort().join('\n'),
  );
  return (
    <datalist id={AUTHORS_ID}>
      {joined.split('\n').map((author) => (
        <option key={author} value={author} />
      ))}
    </datalist>
  );
}
