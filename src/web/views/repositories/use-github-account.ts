import { useCallback, useState } from 'preact/hooks';
import type { GithubAccount } from '../../../contract/github.ts';
import { readGithubAccount } from '../../api/github.ts';
import type { Problem } from '../../api/problem.ts';

/** GitHub's answer about the token, and a function that asks for it. */
export interface GithubInquiry {
  readonly account: GithubAccount | undefined;
  readonly problem: Problem | undefined;
  readonly load: () => Promise<void>;
}

/** Asks GitHub for the account only on request, since most people never open what needs it. */
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
