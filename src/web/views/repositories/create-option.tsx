import type { GithubAccount } from '../../../contract/github.ts';

interface CreateOptionProps {
  readonly isPossible: boolean;
  /** The id of the element with the reason if it is not possible. */
  readonly reasonId: string;
  readonly checked: boolean;
  readonly onToggle: () => void;
}

/** Whether GitHub should create the repository. If it cannot, the box can still be focused, which announces why. */
export function CreateOption({ isPossible, reasonId, checked, onToggle }: CreateOptionProps) {
  return (
    <label class="option" data-off={!isPossible}>
      <input
        type="checkbox"
        checked={checked}
        aria-disabled={!isPossible}
        aria-describedby={isPossible ? undefined : reasonId}
        onClick={(event) => isPossible || event.preventDefault()}
        onChange={() => isPossible && onToggle()}
      />
      Create it on GitHub first, as a private repository
    </label>
  );
}

/** Why GitHub cannot create a repository, if that is known. */
export function reasonAgainst(account: GithubAccount | undefined): string | undefined {
  if (account?.state === 'no-token') return 'To create it on GitHub, set GITHUB_TOKEN.';
  // The full reason is shown here, since nothing else is shown about an API that is not used.
  return account?.state === 'off' ? account.error?.detail : undefined;
}
