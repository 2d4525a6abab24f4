import { useId } from 'preact/hooks';
import type { GithubAccount } from '../../../contract/github.ts';

interface CreateOptionProps {
  readonly account: GithubAccount | undefined;
  readonly checked: boolean;
  readonly onToggle: () => void;
}

/** Whether GitHub is to make the repository. It can still be reached where GitHub can't, to be told why. */
export function CreateOption({ account, checked, onToggle }: CreateOptionProps) {
  const id = useId();
  const reason = reasonAgainst(account);
  return (
    <>
      <label class="option" data-off={reason !== undefined}>
        <input
          type="checkbox"
          checked={checked}
          aria-disabled={reason !== undefined}
          aria-describedby={reason && id}
          onClick={(event) => reason && event.preventDefault()}
          onChange={() => reason ?? onToggle()}
        />
        Create it on GitHub first, as a private repository
      </label>
      {reason && (
        <p class="hint" id={id}>
          {reason}
        </p>
      )}
    </>
  );
}

function reasonAgainst(account: GithubAccount | undefined): string | undefined {
  if (account?.state === 'no-token') return 'To create it on GitHub, set GITHUB_TOKEN.';
  // What stands in the way is told in full here, since nothing else is said of an API that nobody asks.
  return account?.state === 'off' ? account.error?.detail : undefined;
}
