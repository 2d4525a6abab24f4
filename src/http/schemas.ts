import { z } from 'zod';
import { LIMITS, lengthOf, MESSAGE_TYPES } from '../domain/message.ts';
import { isRepositoryName } from '../domain/target.ts';
import { isUuid } from '../journal/line.ts';

/** What the API takes and gives, once: requests are validated with these, and openapi.json is made of them. */

const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

const bounded = (what: string, max: number, min = 1) =>
  z
    .string({ error: `${what} must be a string` })
    .refine(
      (text) => lengthOf(text) >= min && lengthOf(text) <= max,
      `${what} must have ${min} to ${max} characters`,
    )
    .meta({ minLength: min, maxLength: max });

const noControls = (text: string): boolean => !/\p{Cc}/u.test(text);

const uuid = (what: string) =>
  z
    .string({ error: `${what} must be a UUID` })
    .refine(isUuid, `${what} must be a UUID`)
    .transform((id) => id.toLowerCase())
    .meta({ format: 'uuid' });

const instant = z
  .string({ error: 'createdAt must be an ISO 8601 date and time' })
  .refine(
    isInstant,
    'createdAt must be an ISO 8601 date and time from 1970 to 9999, such as 2026-11-22T10:00:00.000Z',
  )
  .transform((text) => new Date(text).toISOString())
  .meta({ format: 'date-time' });

function isInstant(text: string): boolean {
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) return false;
  const time = Date.parse(text);
  return time >= 0 && time <= LAST_INSTANT;
}

const content = {
  text: z
    .string({ error: 'text must be a string' })
    .refine((text) => lengthOf(text) <= LIMITS.text, `text must have ${LIMITS.text} characters or fewer`)
    .meta({ maxLength: LIMITS.text, description: 'Not only white space; may be empty for a link' }),
  author: bounded('author', LIMITS.author)
    .refine(noControls, 'author must not hold control characters')
    .refine((name) => /\S/u.test(name), 'author must not be only white space'),
  type: z.enum(MESSAGE_TYPES, { error: `type must be one of ${MESSAGE_TYPES.join(', ')}` }),
  language: bounded('language', LIMITS.language).refine(
    noControls,
    'language must not hold control characters',
  ),
  url: bounded('url', LIMITS.url).refine(isWebUrl, 'url must be an http or https URL'),
  done: z.boolean({ error: 'done must be true or false' }),
};

function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && !/[\s\p{Cc}]/u.test(text) && URL.canParse(text);
}

const confirm = z
  .boolean({ error: 'confirm must be true or false' })
  .meta({ description: 'Whether text that looks like a credential is meant to be saved' });

const repositories = z
  .union([z.literal('all'), z.array(z.string()).min(1)], {
    error: 'repositories must be "all" or a list with at least one name',
  })
  .meta({ description: 'Names of repositories, or "all"; without it the default target' });

export const draftSchema = z
  .strictObject({
    id: uuid('id').optional(),
    text: content.text,
    author: content.author.optional(),
    type: content.type.optional(),
    language: content.language.optional(),
    url: content.url.optional(),
    done: content.done.optional(),
    replyTo: uuid('replyTo').optional(),
    createdAt: instant.optional(),
    repositories: repositories.optional(),
    confirm: confirm.optional(),
  })
  .meta({ id: 'Draft' });

export const editSchema = z
  .strictObject({
    text: content.text.optional(),
    type: content.type.optional(),
    language: content.language.optional(),
    url: content.url.optional(),
    done: content.done.optional(),
    author: content.author.optional(),
    confirm: confirm.optional(),
  })
  .meta({ id: 'Edit' });

export const syncSchema = z
  .strictObject({
    repositories: z
      .array(z.string(), { error: 'repositories must be a list of names' })
      .min(1, 'repositories must name at least one')
      .optional(),
  })
  .meta({ id: 'SyncRequest' });

export const addRepositorySchema = z
  .strictObject({
    name: z
      .string({ error: 'name must be a string' })
      .refine(isRepositoryName, 'name must be one that can be a folder everywhere')
      .optional(),
    url: z
      .string({ error: 'url must be a git URL or an absolute path' })
      .max(4096, 'url must have 4096 characters or fewer')
      .optional(),
    github: z
      .string()
      .regex(/^[^/]+\/[^/]+$/, 'github must be owner/name')
      .optional(),
    branch: z
      .string({ error: 'branch must be a string' })
      // It becomes an argument of git, which no system takes at any length, or with a NUL in it.
      .max(1000, 'branch must have 1000 characters or fewer')
      .refine(noControls, 'branch must not hold control characters')
      .optional(),
    create: z.boolean({ error: 'create must be true or false' }).optional(),
    private: z.boolean({ error: 'private must be true or false' }).optional(),
    confirm: z.boolean({ error: 'confirm must be true or false' }).optional(),
  })
  .meta({ id: 'AddRepository' });

export const changeRepositorySchema = z
  .strictObject({
    name: addRepositorySchema.shape.name,
    branch: addRepositorySchema.shape.branch,
  })
  .meta({ id: 'ChangeRepository' });

export const resolveSchema = z
  .strictObject({ keep: z.enum(['local', 'remote'], { error: () => 'keep must be "local" or "remote"' }) })
  .meta({ id: 'Resolve' });

const day = z
  .string()
  .refine((text) => isDay(text) || isInstant(text), 'must be an ISO 8601 date, or date and time')
  .transform((text) => Date.parse(text));

/** Not only of the form of a day: the 30th of February is taken for a day of March elsewhere. */
const isDay = (text: string): boolean => z.iso.date().safeParse(text).success;

export const listSchema = z.strictObject({
  repository: z.string().optional(),
  author: z.string().optional(),
  type: z.string().optional(),
  tag: z
    .string()
    .transform((tag) => tag.replace(/^#/, '').toLowerCase())
    .optional(),
  q: z.string().max(1000, 'must have 1000 characters or fewer').optional(),
  since: day.optional(),
  until: day.optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 1000')
    .transform(Number)
    .refine((limit) => limit <= 1000, 'must be a whole number from 1 to 1000')
    .optional(),
  cursor: z.string().optional(),
});

const wholeDay = z.string().refine(isDay, 'must be an ISO 8601 date');

export const statsQuerySchema = z.strictObject({
  repository: z.string().optional(),
  since: wholeDay.optional(),
  until: wholeDay.optional(),
  zone: z.string().refine(isZone, 'must be the IANA name of a time zone, such as Europe/Berlin').optional(),
});

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const commit = z.string().meta({ pattern: '^[0-9a-f]{40,64}$' }).nullable();

const stored = {
  author: z.string(),
  type: z.string(),
  language: z.string().optional(),
  url: z.string().optional(),
  done: z.boolean().optional(),
  text: z.string(),
  replyTo: z.string().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime().optional(),
  deletedAt: z.iso.datetime().optional(),
};

export const deliverySchema = z
  .object({ repository: z.string(), commit, state: z.enum(['committed', 'pushed', 'outdated']) })
  .meta({ id: 'Delivery' });

export const messageSchema = z
  .object({
    id: z.uuid(),
    revision: z.int().min(1),
    ...stored,
    tags: z.array(z.string()),
    conflict: z.literal(true).optional(),
    deliveries: z.array(deliverySchema),
  })
  .meta({ id: 'Message' });

export const historySchema = z
  .array(
    z.object({
      id: z.uuid(),
      revision: z.int().min(1),
      parents: z.array(z.string()).optional(),
      ...stored,
      commits: z.array(z.object({ repository: z.string(), commit })),
      head: z.literal(true).optional(),
    }),
  )
  .meta({ id: 'History' });

const failures = [
  'offline',
  'unauthorized',
  'not-found',
  'rejected',
  'conflicted',
  'rewritten',
  'failed',
] as const;

export const syncResultSchema = z
  .object({
    results: z.array(
      z.object({
        repository: z.string(),
        status: z.enum(['pushed', 'pulled', 'up-to-date', ...failures]),
        pushed: z.int(),
        pulled: z.int(),
        head: commit,
        detail: z.string(),
        action: z.string(),
      }),
    ),
  })
  .meta({ id: 'SyncResults' });

export const repositorySchema = z
  .object({
    name: z.string(),
    url: z.string(),
    github: z.string().nullable(),
    branch: z.string(),
    primary: z.boolean(),
    messages: z.int(),
    ahead: z.int(),
    behind: z.int(),
    commits: z.int().nullable(),
    files: z.int().nullable(),
    size: z.int().nullable(),
    head: commit,
    remoteHead: commit,
    state: z.enum(['cloning', 'ready', 'unsafe', ...failures]),
    lastSync: z.iso.datetime().nullable(),
    problems: z.array(z.object({ file: z.string(), line: z.int().nullable(), reason: z.string() })),
    error: z.object({ detail: z.string(), action: z.string() }).nullable(),
  })
  .meta({ id: 'Repository' });

const advice = z.object({ detail: z.string(), action: z.string() });

const visibility = z.enum(['public', 'private', 'internal']);

export const probeSchema = z
  .object({
    fullName: z.string().nullable(),
    visibility: visibility.nullable(),
    canPush: z.boolean().nullable(),
    defaultBranch: z.string().nullable(),
    empty: z.boolean().nullable(),
    protected: z.boolean().nullable(),
    created: z.boolean(),
    warnings: z.array(advice),
  })
  .meta({
    id: 'Probe',
    description: 'What GitHub said of a repository before it was added; null: not known',
  });

export const addedRepositorySchema = repositorySchema
  .extend({ probe: probeSchema })
  .meta({ id: 'AddedRepository' });

export const githubSchema = z
  .object({
    state: z.enum([
      'ok',
      'no-token',
      'off',
      'unauthorized',
      'forbidden',
      'not-found',
      'refused',
      'limited',
      'offline',
      'failed',
    ]),
    url: z.string(),
    apiUrl: z.string().nullable(),
    login: z.string().nullable(),
    token: z
      .object({
        kind: z.enum(['classic', 'fine-grained', 'other']),
        scopes: z.array(z.string()).nullable(),
        expiresAt: z.iso.datetime().nullable(),
      })
      .nullable(),
    warnings: z.array(advice),
    error: advice.nullable(),
  })
  .meta({ id: 'Github' });

export const githubListSchema = z.strictObject({
  q: z.string().max(200, 'must have 200 characters or fewer').optional(),
  page: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1 to 999')
    .transform(Number)
    .optional(),
});

export const githubPageSchema = z
  .object({
    repositories: z.array(
      z.object({
        fullName: z.string(),
        url: z.string(),
        visibility,
        canPush: z.boolean().nullable(),
        archived: z.boolean(),
        defaultBranch: z.string(),
        description: z.string().nullable(),
        pushedAt: z.iso.datetime().nullable(),
        repository: z.string().nullable().meta({ description: 'Its name here, where it was added' }),
      }),
    ),
    page: z.int(),
    next: z.int().nullable(),
    total: z.int(),
    truncated: z.boolean(),
  })
  .meta({ id: 'GithubPage' });
export const statsSchema = z
  .object({
    zone: z.string(),
    messages: z.int(),
    days: z.array(z.object({ day: z.iso.date(), messages: z.int() })),
    authors: z.array(z.object({ author: z.string(), messages: z.int() })),
    repositories: z.array(z.object({ repository: z.string(), messages: z.int() })),
  })
  .meta({ id: 'Stats' });

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    reasons: z.array(z.string()).optional(),
    version: z.string().optional(),
    git: z.string().optional(),
    counts: z
      .object({ messages: z.int(), repositories: z.int() })
      .optional()
      .meta({ description: 'Messages that are not deleted, as GET /stats counts them, and repositories' }),
  })
  .meta({ id: 'Health' });

const findings = {
  findings: z.array(
    z.object({
      kind: z.string(),
      severity: z.enum(['wrong', 'notice']),
      detail: z.string(),
      action: z.string(),
      file: z.string().optional(),
      line: z.int().optional(),
      id: z.uuid().optional(),
      commit: z.string().optional(),
    }),
  ),
  omitted: z.int().meta({ description: 'How many more findings there are than are listed' }),
};

export const verificationSchema = z
  .object({
    status: z.enum(['ok', 'wrong']),
    milliseconds: z.int(),
    repositories: z.array(
      z.object({
        name: z.string(),
        url: z.string(),
        branch: z.string(),
        head: commit,
        remoteHead: commit,
        messages: z.int(),
        lines: z.int(),
        commits: z.int(),
        ahead: z.int(),
        behind: z.int(),
        unpushed: z.int(),
        ...findings,
      }),
    ),
    mirror: z.object({ messages: z.int(), ...findings }),
  })
  .meta({ id: 'Verification' });

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

export const bulkResultSchema = z
  .object({ status: z.int(), message: messageSchema.optional(), problem: problemSchema.optional() })
  .meta({ id: 'BulkResult', description: 'What became of one line: a message, or a problem' });

export const sessionSchema = z
  .strictObject({ token: z.string({ error: 'token must be a string' }) })
  .meta({ id: 'SessionRequest' });
