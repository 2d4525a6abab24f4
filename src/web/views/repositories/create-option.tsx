import type { GithubAccount } from '../../../contract/github.ts';

interface CreateOptionProps {
  readonly isPossible: boolean;
  /** The id of what says why it is not possible. */
  readonly reasonId: string;
  readonly checked: boolean;
  readonly onToggle: () => void;
}

/** Whether GitHub is to make the repository. If it cannot, the keyboard still reaches the box, and hears why. */
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

/** Why GitHub cannot make a repository, if that is known. */
export function reasonAgainst(account: GithubAccount | undefined): string | undefined {
  if (account?.state === 'no-token') return 'To create it on GitHub, set GITHUB_TOKEN.';
  // All of it is said here, since nothing else is said of an API that is not used.
  return account?.state === 'off' ? account.error?.detail : undefined;
}
