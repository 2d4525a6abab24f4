import { useId, useState } from 'preact/hooks';
import type { RepositoryStatus } from '../../../contract/repository.ts';
import { change, remove } from '../../actions/repositories.ts';
import type { Problem } from '../../api/problem.ts';
import { ago, exact } from '../../text/time.ts';
import { count, growthInWords } from '../../text/words.ts';
import { Question } from '../dialogs/question.tsx';
import { MoreIcon } from '../ui/icons.tsx';
import { FieldError } from '../ui/problem.tsx';
import { ChangeRemote } from './change-remote.tsx';

/** Where a repository is, its name and its branch, and a button to remove it. */
export function RepositorySettings({ repository, now }: { repository: RepositoryStatus; now: number }) {
  const [problem, setProblem] = useState<Problem>();
  const [asking, setAsking] = useState(false);
  const { name, branch, size, messages, lastSync } = repository;
  const id = useId();
  const removeNow = async () => {
    setAsking(false);
    setProblem(await remove(name));
  };
  return (
    <details class="manage">
      <summary>
        <MoreIcon />
        <span class="unseen">Settings of {name}</span>
      </summary>
      <div class="manage-form">
        <p class="hint">
          {count(messages, 'message')}
          {' · '}
          {lastSync ? (
            <time datetime={lastSync} title={exact(lastSync)}>
              synced {ago(lastSync, now)}
            </time>
          ) : (
            'never synced'
          )}
        </p>
        <ChangeRemote repository={repository} />
        {size !== null && <p class="hint">{growthInWords(repository)}</p>}
        <Setting
          label="Branch"
          value={branch}
          save={async (value) => setProblem(await change(name, { branch: value }))}
        />
        <Setting
          label="Name"
          value={name}
          save={async (value) => setProblem(await change(name, { name: value }))}
        />
        <FieldError id={id} text={problem?.detail} />
        {asking ? (
          <Question
            text={`Remove ${name} from this list? Its clone and all its messages stay on this disk, and you can add it again.`}
            choices={[
              { label: 'Keep it', choose: () => setAsking(false) },
              { label: 'Remove from this list', choose: () => void removeNow() },
            ]}
          />
        ) : (
          <div class="row">
            <button
              type="button"
              aria-label={`Remove ${name} from this list`}
              onClick={() => setAsking(true)}
            >
              Remove from this list…
            </button>
          </div>
        )}
      </div>
    </details>
  );
}

/** One value that can be edited. It shows the server's value until someone changes it. */
function Setting({
  label,
  value,
  save,
}: {
  label: string;
  value: string;
  save: (value: string) => Promise<void>;
}) {
  const [written, setWritten] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  const shown = written ?? value;
  const isChanged = shown.trim() !== '' && shown.trim() !== value;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!isChanged || busy) return;
    setBusy(true);
    await save(shown.trim());
    setBusy(false);
    // Text entered in the meantime stays.
    setWritten((now) => (now === shown ? undefined : now));
  };
  return (
    <form class="setting" onSubmit={submit}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={shown}
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => setWritten(event.currentTarget.value)}
      />
      <button type="submit" aria-label={`Change ${label.toLowerCase()}`} aria-disabled={!isChanged || busy}>
        Change
      </button>
    </form>
  );
}
