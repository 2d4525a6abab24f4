import type { RepositoryStatus } from '../../contract/repository.ts';

const PATHS: Readonly<Record<string, { readonly host: string; readonly path: string }>> = {
  'github.com': { host: 'GitHub', path: 'commit' },
  'gitlab.com': { host: 'GitLab', path: '-/commit' },
  'codeberg.org': { host: 'Codeberg', path: 'commit' },
  'bitbucket.org': { host: 'Bitbucket', path: 'commits' },
};

export interface CommitPage {
  /** The name of the host. */
  readonly host: string;
  readonly url: string;
}

/**
 * The web page of a commit: on the GitHub that the server knows, which may be a company's own, or on a host with a
 * known address scheme; `undefined` for any other.
 */
export function commitPage(
  { url, github }: Pick<RepositoryStatus, 'url' | 'github'>,
  commit: string,
): CommitPage | undefined {
  if (github !== null) return { host: 'GitHub', url: `${github}/commit/${commit}` };
  const found =
    /^(?:https?:\/\/|ssh:\/\/)(?:[^@/]+@)?([^/:]+)(?::\d+)?\/(.+?)(?:\.git)?\/?$/.exec(url) ??
    /^(?:[^@/]+@)?([^/:]+):(?!\/)(.+?)(?:\.git)?\/?$/.exec(url);
  const known = PATHS[found?.[1]?.toLowerCase() ?? ''];
  if (!found || !known) return undefined;
  const repository = (found[2] ?? '').split('/').map(encodeURIComponent).join('/');
  return {
    host: known.host,
    url: `https://${found[1]?.toLowerCase()}/${repository}/${known.path}/${commit}`,
  };
}
