import { isIdTaken, isSecretGuard, isToldBy, type Problem } from '../../api/problem.ts';
import { problemInWords } from '../../text/problems.ts';
import { Question } from '../dialogs/question.tsx';

interface Props {
  readonly problem: Problem | undefined;
  readonly onKeep: () => void;
  /** What may be saved although it looks like a credential, if anyone insists. */
  readonly confirmable: string | undefined;
  readonly onConfirm: (contents: string) => void;
  readonly onAsEdit: () => void;
  readonly onAsNew: () => void;
}

/** Why the draft was not sent, and what can be done about it. */
export function ComposerProblem({ problem, confirmable, onKeep, onConfirm, onAsEdit, onAsNew }: Props) {
  if (problem === undefined) return null;
  const keep = { label: 'Keep writing', choose: onKeep };
  if (isSecretGuard(problem) && confirmable !== undefined) {
    return (
      <Question
        text={problemInWords(problem)}
        choices={[keep, { label: 'Save it anyway', choose: () => onConfirm(confirmable) }]}
      />
    );
  }
  if (isIdTaken(problem)) {
    const text = 'Your earlier attempt did go through, with the text you had then. Save what you have now as';
    const choices = [
      keep,
      { label: 'an edit of that message', choose: onAsEdit },
      { label: 'a new message', choose: onAsNew },
    ];
    return <Question text={text} choices={choices} />;
  }
  if (isToldBy(problem, ['text', 'language', 'url', 'repositories'])) return null;
  return (
    <p class="error" role="alert">
      {problemInWords(problem)} Your text is kept here.
    </p>
  );
}
