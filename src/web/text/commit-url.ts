const PATHS: Readonly<Record<string, { readonly host: string; readonly path: string }>> = {
  'github.com': { host: 'GitHub', path: 'commit' },
  'gitlab.com': { host: 'GitLab', path: '-/commit' },
  'codeberg.org': { host: 'Codeberg', path: 'commit' },
  'bitbucket.org': { host: 'Bitbucket', path: 'commits' },
};

export interface CommitPage {
  /** The host by its name. */
  readonly host: string;
  readonly url: string;
}

/** Where a commit can be seen on the web, by the address of its repository; nothing for a host that is not known. */
export function commitPage(repositoryUrl: string, commit: string): CommitPage | undefined {
  const found =
    /^(?:https?:\/\/|ssh:\/\/)(?:[^@/]+@)?([^/:]+)(?::\d+)?\/(.+?)(?:\.git)?\/?$/.exec(repositoryUrl) ??
    /^(?:[^@/]+@)?([^/:]+):(?!\/)(.+?)(?:\.git)?\/?$/.exec(repositoryUrl);
  const known = PATHS[found?.[1]?.toLowerCase() ?? ''];
  if (!found || !known) return undefined;
  const repository = (found[2] ?? '').split('/').map(encodeURIComponent).join('/');
  return {
    host: known.host,
    url: `https://${found[1]?.toLowerCase()}/${repository}/${known.path}/${commit}`,
  };
}
