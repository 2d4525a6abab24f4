import { isIdTaken, isSecretGuard, isToldBy, type Problem } from '../../api/problem.ts';
import { problemInWords } from '../../text/problems.ts';
import { Question } from '../dialogs/question.tsx';

interface Props {
  readonly problem: Problem | undefined;
  readonly onKeep: () => void;
  readonly onConfirm: () => void;
  readonly onAsEdit: () => void;
  readonly onAsNew: () => void;
}

/** Why the draft is still here, and what can be done about it. */
export function ComposerProblem({ problem, onKeep, onConfirm, onAsEdit, onAsNew }: Props) {
  if (problem === undefined) return null;
  const keep = { label: 'Keep writing', choose: onKeep };
  if (isSecretGuard(problem)) {
    return (
      <Question
        text={problemInWords(problem)}
        choices={[keep, { label: 'Save it anyway', choose: onConfirm }]}
      />
    );
  }
  if (isIdTaken(problem)) {
    const text =
      'An earlier attempt was saved after all, with the words of that moment. Save what is here now as';
    const choices = [
      keep,
      { label: 'an edit of that message', choose: onAsEdit },
      { label: 'a new message', choose: onAsNew },
    ];
    return <Question text={text} choices={choices} />;
  }
  if (isToldBy(problem, ['text', 'language', 'url', 'author', 'repositories'])) return null;
  return (
    <p class="error" role="alert">
      {problemInWords(problem)} Your text is kept here.
    </p>
  );
}
