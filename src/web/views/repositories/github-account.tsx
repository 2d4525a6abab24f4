import { useEffect } from 'preact/hooks';
import type { Advice } from '../../../contract/github.ts';
import { GithubPicker } from './github-picker.tsx';
import type { GithubInquiry } from './use-github-account.ts';

/**
 * What GitHub reports about the token, and the account's repositories to choose from. Nothing if no API is
 * configured.
 */
export function FromGithub({
  inquiry: { account, problem, load },
  choose,
}: {
  inquiry: GithubInquiry;
  choose: (fullName: string) => void;
}) {
  useEffect(() => void load(), [load]);

  if (problem) return <Failed advice={{ detail: problem.detail, action: '' }} again={load} />;
  if (!account) return <p class="hint">Asking GitHub…</p>;
  if (account.state === 'off') return null;
  if (account.state === 'no-token' && account.error) {
    return (
      <p class="hint">
        {account.error.detail} {account.error.action}
      </p>
    );
  }
  if (account.error) return <Failed advice={account.error} again={load} />;
  return (
    <section class="github" aria-label="GitHub">
      <p class="hint">Signed in to GitHub as {account.login}</p>
      {account.warnings.map((warning) => (
        <Warning key={warning.detail} advice={warning} />
      ))}
      <GithubPicker choose={choose} />
    </section>
  );
}

function Failed({ advice, again }: { advice: Advice; again: () => void }) {
  return (
    <section class="github" aria-label="GitHub">
      <div role="alert">
        <Warning advice={advice} />
      </div>
      <div class="row">
        <button type="button" onClick={again}>
          Try again
        </button>
      </div>
    </section>
  );
}

function Warning({ advice: { detail, action } }: { advice: Advice }) {
  return (
    <div class="trouble warning">
      <p>{detail}</p>
      {action && <p>{action}</p>}
    </div>
  );
}
