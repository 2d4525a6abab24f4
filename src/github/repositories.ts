import { z } from 'zod';
import type { GithubRepository, Visibility } from '../contract/github.ts';
import type { GithubName, GithubTrouble } from '../domain/github.ts';
import { ok } from '../domain/result.ts';
import type { Asked, GithubClient } from './client.ts';

/** A repository without its address, which the API does not determine. */
export type Found = Omit<GithubRepository, 'url'>;

export interface Branches {
  readonly isEmpty: boolean;
  /** Whether a branch is protected; `null` if it is not among those that were read. */
  readonly isProtected: (branch: string) => boolean | null;
}

const repositorySchema = z.object({
  full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  private: z.boolean(),
  visibility: z.string().optional(),
  archived: z.boolean().optional(),
  default_branch: z.string(),
  description: z.string().nullish(),
  pushed_at: z.string().nullish(),
  permissions: z.object({ push: z.boolean() }).optional(),
});

/** A list in which entries of another form are skipped. If no entry fits, it is not a list of repositories. */
const repositoriesSchema = z
  .array(z.unknown())
  .transform((list) => ({ count: list.length, fitting: list.flatMap((one) => fitting(one)) }))
  .refine(({ count, fitting }) => count === 0 || fitting.length > 0);

function fitting(one: unknown): z.infer<typeof repositorySchema>[] {
  const read = repositorySchema.safeParse(one);
  return read.success ? [read.data] : [];
}

const branchesSchema = z.array(z.object({ name: z.string(), protected: z.boolean() }));

const PER_PAGE = 100;
/** If an account has more than these, the others can be found by typing their names. */
const MOST_PAGES = 10;

/** The repositories that the token's account can see, most recently pushed first. */
export async function listRepositories(
  client: GithubClient,
): Promise<Asked<{ readonly found: readonly Found[]; readonly truncated: boolean }>> {
  const found: Found[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const asked = await client.ask(
      'GET /user/repos',
      { sort: 'pushed', direction: 'desc', per_page: PER_PAGE, page },
      repositoriesSchema,
    );
    if (!asked.ok) return asked;
    const { count, fitting } = asked.value.value;
    found.push(...fitting.map(toFound));
    if (count < PER_PAGE) return ok({ found, truncated: false });
  }
  return ok({ found, truncated: true });
}

export async function readRepository(
  client: GithubClient,
  { owner, name }: GithubName,
): Promise<Asked<Found>> {
  const asked = await client.ask('GET /repos/{owner}/{repo}', { owner, repo: name }, repositorySchema);
  return asked.ok ? ok(toFound(asked.value.value)) : asked;
}

/**
 * Which branches are protected, by a rule of their own or of the repository. Only the first hundred branches are
 * read.
 */
export async function readBranches(
  client: GithubClient,
  { owner, name }: GithubName,
): Promise<Asked<Branches>> {
  const asked = await client.ask(
    'GET /repos/{owner}/{repo}/branches',
    { owner, repo: name, per_page: PER_PAGE },
    branchesSchema,
  );
  if (!asked.ok) return asked;
  const branches = asked.value.value;
  const byName = new Map(branches.map((branch) => [branch.name, branch.protected]));
  // A branch that does not exist yet is protected by no rule of its own. Beyond the first page, it is unknown.
  const otherwise = branches.length < PER_PAGE ? false : null;
  return ok({ isEmpty: branches.length === 0, isProtected: (name) => byName.get(name) ?? otherwise });
}

/** Creates an empty repository in the token's own account or in an organisation. */
export async function createRepository(
  client: GithubClient,
  { owner, name }: GithubName,
  options: { readonly private: boolean; readonly isOwn: boolean },
): Promise<Asked<Found>> {
  const body = { name, private: options.private };
  const asked = options.isOwn
    ? await client.ask('POST /user/repos', body, repositorySchema)
    : await client.ask('POST /orgs/{org}/repos', { org: owner, ...body }, repositorySchema);
  return asked.ok
    ? ok(toFound(asked.value.value))
    : { ok: false, failure: creationTrouble(asked.failure, owner) };
}

/** Whether a repository was refused because there already is one of that name. */
export const isNameTaken = ({ kind, detail }: GithubTrouble): boolean =>
  kind === 'refused' && /name already exists/i.test(detail);

/** GitHub answers 404 if a classic token lacks the scope, and also if the organisation does not exist. */
function creationTrouble(trouble: GithubTrouble, owner: string): GithubTrouble {
  if (trouble.kind === 'offline' || trouble.kind === 'failed') {
    return {
      ...trouble,
      detail: `${trouble.detail} It is not known whether the repository was created.`,
      action: `Look on GitHub. If it is there, add it without "create". ${trouble.action}`,
    };
  }
  if (trouble.kind !== 'not-found' && trouble.kind !== 'forbidden') return trouble;
  return {
    kind: 'forbidden',
    detail: `The token may not create repositories for ${owner}, or there is no such account. ${trouble.detail}`,
    action:
      'Give a fine-grained token "Administration: read and write" for all repositories of that account, or a classic one the scope "repo". ' +
      'Or create the repository on GitHub yourself, and add it without "create".',
  };
}

function toFound(repository: z.infer<typeof repositorySchema>): Found {
  return {
    fullName: repository.full_name,
    visibility: visibilityOf(repository),
    canPush: repository.permissions?.push ?? null,
    archived: repository.archived ?? false,
    defaultBranch: repository.default_branch,
    description: repository.description ?? null,
    pushedAt: repository.pushed_at ?? null,
  };
}

function visibilityOf(repository: z.infer<typeof repositorySchema>): Visibility {
  if (!repository.private) return repository.visibility === 'internal' ? 'internal' : 'public';
  return repository.visibility === 'internal' ? 'internal' : 'private';
}
