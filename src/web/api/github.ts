import type { GithubAccount, GithubPage } from '../../contract/github.ts';
import { type Answer, call } from './client.ts';

/** The account of the token, and what GitHub reports about it. */
export function readGithubAccount(): Promise<Answer<GithubAccount>> {
  return call('GET', '/github');
}

/** One page of the account's repositories, most recently pushed first. */
export function listGithubRepositories(text: string, page: number): Promise<Answer<GithubPage>> {
  return call('GET', `/github/repositories?${new URLSearchParams({ q: text, page: String(page) })}`);
}
