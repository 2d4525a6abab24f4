import { useId } from 'preact/hooks';
import { errorOf, type Problem } from '../../api/problem.ts';
import { author } from '../../state/draft.ts';
import { useStore } from '../../state/store.ts';
import { AUTHORS_ID } from '../search/authors.tsx';
import { FieldError } from './problem.tsx';

/** Who writes. Left empty, the server's own author does. */
export function AuthorField({ problem }: { problem: Problem | undefined }) {
  const error = useId();
  const name = useStore(author, (state) => state);
  const wrong = errorOf(problem, 'author');
  return (
    <div class="line-field" data-field="author">
      <input
        type="text"
        aria-label="Author"
        placeholder="Your name"
        title="Your name; left empty, the author that the server is set up with"
        autocomplete="nickname"
        list={AUTHORS_ID}
        value={name}
        aria-invalid={wrong !== undefined}
        aria-describedby={error}
        onInput={(event) => author.dispatch(event.currentTarget.value)}
      />
      <FieldError id={error} text={wrong} />
    </div>
  );
}
