import { useCallback, useState } from 'preact/hooks';
import type { GithubAccount } from '../../../contract/github.ts';
import { readGithubAccount } from '../../api/github.ts';
import type { Problem } from '../../api/problem.ts';

/** What GitHub has answered about the token, and how to ask it. */
export interface GithubInquiry {
  readonly account: GithubAccount | undefined;
  readonly problem: Problem | undefined;
  readonly load: () => Promise<void>;
}

/** Asks GitHub for the account when it is told to: most readers never open what needs it. */
export function useGithubAccount(): GithubInquiry {
  const [account, setAccount] = useState<GithubAccount>();
  const [problem, setProblem] = useState<Problem>();
  const load = useCallback(async () => {
    setAccount(undefined);
    setProblem(undefined);
    const answer = await readGithubAccount();
    if (answer.ok) setAccount(answer.body);
    else setProblem(answer.problem);
  }, []);
  return { account, problem, load };
}
