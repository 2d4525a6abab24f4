import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { GithubPage } from '../../../contract/github.ts';
import { listGithubRepositories } from '../../api/github.ts';
import type { Problem } from '../../api/problem.ts';
import { FieldError } from '../ui/problem.tsx';

/** Nobody needs a result between two keystrokes. In milliseconds. */
const PAUSE = 250;

type Choice = GithubPage['repositories'][number];

/** The account's repositories to choose from. GitHub is only asked when someone opens the list. */
export function GithubPicker({ choose }: { choose: (fullName: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return <Choices choose={choose} />;
  return (
    <div class="row">
      <button type="button" onClick={() => setOpen(true)}>
        Choose from my repositories
      </button>
    </div>
  );
}

function Choices({ choose }: { choose: (fullName: string) => void }) {
  const [text, setText] = useState('');
  const [pages, setPages] = useState<readonly GithubPage[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(true);
  const field = useRef<HTMLInputElement>(null);
  const turn = useRef(0);
  const id = useId();

  const load = async (page: number) => {
    turn.current += 1;
    const mine = turn.current;
    setBusy(true);
    const answer = await listGithubRepositories(text, page);
    // A later request takes precedence.
    if (mine !== turn.current) return;
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    const more = answer.ok ? [answer.body] : [];
    setPages((before) => (page === 1 ? more : [...before, ...more]));
  };
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const timer = setTimeout(() => void load(1), text === '' ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [text]);

  const last = pages.at(-1);
  const next = last?.next ?? null;
  return (
    <>
      <label for={`${id}-search`}>Search my repositories</label>
      <input
        id={`${id}-search`}
        ref={field}
        type="text"
        value={text}
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
        aria-describedby={`${id}-found ${id}-error`}
        aria-invalid={problem !== undefined}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <p class="hint" id={`${id}-found`} role="status">
        {busy ? 'Asking GitHub…' : last && foundInWords(last)}
      </p>
      <FieldError id={`${id}-error`} text={problem?.detail} />
      <ul class="github-choices" aria-label="My repositories on GitHub">
        {pages
          .flatMap(({ repositories }) => repositories)
          .map((one) => (
            <li key={one.fullName}>
              <ChoiceButton choice={one} choose={choose} />
            </li>
          ))}
        {next !== null && (
          <li>
            <button type="button" class="link" onClick={() => void load(next)}>
              More
            </button>
          </li>
        )}
      </ul>
    </>
  );
}

function ChoiceButton({ choice, choose }: { choice: Choice; choose: (fullName: string) => void }) {
  const { fullName, description, repository } = choice;
  return (
    <button
      type="button"
      class="github-choice"
      aria-disabled={repository !== null}
      onClick={() => repository === null && choose(fullName)}
    >
      <span class="github-name" dir="auto">
        {fullName}
      </span>
      <span class="hint">{factsOf(choice).join(' · ')}</span>
      {description && (
        <span class="hint" dir="auto">
          {description}
        </span>
      )}
    </button>
  );
}

const factsOf = ({ visibility, archived, canPush, repository }: Choice): string[] => [
  visibility,
  ...(archived ? ['archived'] : []),
  ...(canPush === false ? ['read only'] : []),
  ...(repository === null ? [] : [`already added as ${repository}`]),
];

function foundInWords({ total, truncated }: GithubPage): string {
  const found = total === 1 ? '1 repository' : `${total.toLocaleString()} repositories`;
  return truncated ? `${found}, of the 1,000 that were pushed to last` : found;
}
