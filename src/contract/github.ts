import { z } from 'zod';
import { GITHUB_REFUSALS } from '../domain/github.ts';
import { advice } from './fields.ts';
import type { Shape } from './shape.ts';

export type Advice = Shape<typeof advice>;

const visibility = z.enum(['public', 'private', 'internal']);
export type Visibility = z.output<typeof visibility>;

export const probeSchema = z
  .object({
    fullName: z.string().nullable(),
    visibility: visibility.nullable(),
    canPush: z.boolean().nullable(),
    defaultBranch: z.string().nullable(),
    empty: z.boolean().nullable(),
    /** Whether the branch to capture to is protected. */
    protected: z.boolean().nullable(),
    /** Whether it was just created on GitHub. */
    created: z.boolean(),
    warnings: z.array(advice),
  })
  .meta({
    id: 'Probe',
    description: 'What GitHub said about a repository before it was added; null: not known',
  });
export type Probe = Shape<typeof probeSchema>;

const token = z.object({
  kind: z.enum(['classic', 'fine-grained', 'other']),
  /** The scopes of a classic token. `null` for a fine-grained one, since GitHub does not reveal them. */
  scopes: z.array(z.string()).nullable(),
  /** `null` if it never expires, or GitHub does not say. */
  expiresAt: z.iso.datetime().nullable(),
});
export type GithubToken = Shape<typeof token>;

export const githubAccountSchema = z
  .object({
    /** `ok`, or why the account is unknown. */
    state: z.enum(['ok', 'no-token', ...GITHUB_REFUSALS]),
    url: z.string(),
    apiUrl: z.string().nullable(),
    login: z.string().nullable(),
    token: token.nullable(),
    warnings: z.array(advice),
    error: advice.nullable(),
  })
  .meta({ id: 'Github' });
/** The account of the token, and what GitHub reports about it. */
export type GithubAccount = Shape<typeof githubAccountSchema>;

export const githubListQuery = z.strictObject({
  q: z.string().max(200, 'must have 200 characters or fewer').exactOptional(),
  page: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1 to 999')
    .transform(Number)
    .exactOptional(),
});

const listed = z.object({
  fullName: z.string(),
  url: z.string(),
  visibility,
  /**
   * Whether the account may push. Whether the token may only shows at the first push. `null` if GitHub does not say.
   */
  canPush: z.boolean().nullable(),
  archived: z.boolean(),
  defaultBranch: z.string(),
  description: z.string().nullable(),
  pushedAt: z.iso.datetime().nullable(),
});
/** A repository that the token's account can see. */
export type GithubRepository = Shape<typeof listed>;

export const githubPageSchema = z
  .object({
    repositories: z.array(
      listed.extend({
        repository: z.string().nullable().meta({ description: 'Its name here, if it was added' }),
      }),
    ),
    page: z.int(),
    next: z.int().nullable(),
    total: z.int(),
    /** Whether there are more on GitHub than were read. */
    truncated: z.boolean(),
  })
  .meta({ id: 'GithubPage' });
/** One page of the repositories to choose from. */
export type GithubPage = Shape<typeof githubPageSchema>;

/** What a call that asks GitHub can fail with. */
export const GITHUB_FAILURES = GITHUB_REFUSALS.map((refusal) => `github-${refusal}` as const);
