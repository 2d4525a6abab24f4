/** What is told of a repository of the imitation. */
export interface ApiRepository {
  readonly fullName: string;
  readonly visibility?: 'public' | 'private' | 'internal';
  readonly canPush?: boolean;
  readonly archived?: boolean;
  readonly description?: string;
  readonly branches?: readonly { readonly name: string; readonly protected?: boolean }[];
}

const CREATED = '2026-01-02T03:04:05Z';

/** An account, with everything that GitHub says of one. */
export function userObject(url: string, login: string) {
  return {
    ...accountObject(url, login),
    user_view_type: 'private',
    name: login,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: CREATED,
    updated_at: CREATED,
    private_gists: 0,
    total_private_repos: 1,
    owned_private_repos: 1,
    disk_usage: 1,
    collaborators: 0,
    two_factor_authentication: true,
  };
}

function accountObject(url: string, login: string) {
  const own = `${url}/users/${login}`;
  return {
    login,
    id: 1,
    node_id: 'MDQ6VXNlcjE=',
    avatar_url: `${url}/avatars/1`,
    gravatar_id: '',
    url: own,
    html_url: own,
    followers_url: `${own}/followers`,
    following_url: `${own}/following`,
    gists_url: `${own}/gists`,
    starred_url: `${own}/starred`,
    subscriptions_url: `${own}/subscriptions`,
    organizations_url: `${own}/orgs`,
    repos_url: `${own}/repos`,
    events_url: `${own}/events`,
    received_events_url: `${own}/received_events`,
    type: 'User',
    site_admin: false,
  };
}

const LINKS =
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments ' +
  'downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages ' +
  'merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees';

/** A repository, with everything that GitHub says of one. */
export function repositoryObject(url: string, repository: ApiRepository, mayPush: boolean) {
  const { fullName, visibility = 'private', canPush = true, archived = false, description } = repository;
  const [owner = '', name = ''] = fullName.split('/');
  const own = `${url}/repos/${fullName}`;
  return {
    id: 2,
    node_id: 'MDEwOlJlcG9zaXRvcnky',
    name,
    full_name: fullName,
    owner: accountObject(url, owner),
    private: visibility !== 'public',
    visibility,
    archived,
    description: description ?? null,
    default_branch: repository.branches?.[0]?.name ?? 'main',
    ...(mayPush ? { permissions: { admin: canPush, push: canPush, pull: true } } : {}),
    url: own,
    html_url: own,
    clone_url: `${own}.git`,
    git_url: `git:${own}`,
    ssh_url: `git@example.org:${fullName}.git`,
    svn_url: own,
    mirror_url: null,
    ...Object.fromEntries(LINKS.split(' ').map((link) => [`${link}_url`, `${own}/${link}`])),
    fork: false,
    disabled: false,
    homepage: null,
    language: null,
    license: null,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    size: 0,
    forks: 0,
    forks_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    watchers: 0,
    watchers_count: 0,
    stargazers_count: 0,
    network_count: 0,
    subscribers_count: 0,
    pushed_at: CREATED,
    created_at: CREATED,
    updated_at: CREATED,
  };
}

/** A branch, as it stands in a list. */
export const branchObject = (url: string, fullName: string, name: string, isProtected: boolean) => ({
  name,
  protected: isProtected,
  commit: { sha: '0'.repeat(40), url: `${url}/repos/${fullName}/commits/${'0'.repeat(40)}` },
});
