import { useState } from 'preact/hooks';
import type { ImportResult } from '../../../contract/import.ts';
import { type ImportOptions, type ImportProgress, sendImport } from '../../api/import.ts';
import type { Problem } from '../../api/problem.ts';
import { isSecretGuard } from '../../api/problem.ts';
import { count } from '../../text/words.ts';
import { Question } from '../dialogs/question.tsx';
import { ProblemBox } from '../ui/problem.tsx';
import { ChooseFile } from './choose-file.tsx';
import { ImportSummary } from './import-summary.tsx';
import { type Missing, MissingFields } from './missing-fields.tsx';

type Choices = Omit<ImportOptions, 'isDryRun'>;

type Stage =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'busy'; readonly words: string; readonly progress?: ImportProgress }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'counted' | 'done'; readonly result: ImportResult };

/**
 * Imports what another program has exported. Its contents are shown first, and nothing is written until that is
 * confirmed.
 */
export function ImportView({ onDone }: { onDone: () => void }) {
  const [file, setFile] = useState<File>();
  const [choices, setChoices] = useState<Choices>({ repository: '' });
  const [stage, setStage] = useState<Stage>({ kind: 'choosing' });

  const send = async (chosen: File, next: Choices, isDryRun: boolean) => {
    setFile(chosen);
    setChoices(next);
    const words = isDryRun ? `Reading ${chosen.name}…` : 'Importing…';
    setStage({ kind: 'busy', words });
    const answer = await sendImport(chosen, { ...next, isDryRun }, (progress) =>
      setStage({ kind: 'busy', words, progress }),
    );
    if (!answer.ok) return setStage({ kind: 'refused', problem: answer.problem });
    setStage({ kind: isDryRun ? 'counted' : 'done', result: answer.body });
  };
  const choose = (chosen: File) => void send(chosen, { repository: choices.repository }, true);

  if (stage.kind === 'busy') return <Busy words={stage.words} progress={stage.progress} />;
  if (stage.kind === 'choosing' || file === undefined) return <ChooseFile onChoose={choose} />;
  if (stage.kind === 'refused') {
    const missing = missingIn(stage.problem);
    if (missing) {
      return (
        <MissingFields
          missing={missing}
          detail={stage.problem.detail}
          onGive={(given) => void send(file, { ...choices, ...given }, true)}
        />
      );
    }
    return (
      <>
        <ProblemBox problem={stage.problem}>
          {isSecretGuard(stage.problem) && (
            <Question
              text="Import it as it is?"
              choices={[
                { label: 'No', choose: () => setStage({ kind: 'choosing' }) },
                {
                  label: 'Import it anyway',
                  choose: () => void send(file, { ...choices, confirm: true }, true),
                },
              ]}
            />
          )}
        </ProblemBox>
        <ChooseFile onChoose={choose} />
      </>
    );
  }
  return (
    <ImportSummary
      key={stage.kind}
      result={stage.result}
      isDone={stage.kind === 'done'}
      repository={choices.repository}
      onImport={(more) => void send(file, { ...choices, ...more }, false)}
      onAnother={() => setStage({ kind: 'choosing' })}
      onClose={onDone}
    />
  );
}

/** What the server has to know about a file before it can read it. */
function missingIn({ type, errors }: Problem): Missing | undefined {
  if (!type.endsWith(':import-ambiguous')) return undefined;
  const field = errors[0]?.field;
  return field === 'zone' || field === 'dates' ? field : undefined;
}

function Busy({ words, progress }: { words: string; progress: ImportProgress | undefined }) {
  const isWriting = progress?.stage === 'writing' && progress.total !== null;
  const isReading = progress?.stage === 'reading' && progress.done > 0;
  return (
    <div class="import-busy">
      <p role="status">
        {words}
        {isReading && ` ${count(progress.done, 'message')} so far`}
        {isWriting && ` ${progress.done.toLocaleString()} of ${progress.total?.toLocaleString()}`}
      </p>
      <progress {...(isWriting && { value: progress.done, max: progress.total ?? 1 })} aria-label={words} />
      {isWriting && (
        <p class="hint">
          You can close this dialog; the import continues. If you close the page, it stops, and what has been
          imported is safe.
        </p>
      )}
    </div>
  );
}
