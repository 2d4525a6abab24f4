import { z } from 'zod';
import { SYNC_FAILURES } from '../domain/repository.ts';
import { isRepositoryName } from '../domain/target.ts';
import { advice, commit, flag, noControls } from './fields.ts';
import { probeSchema } from './github.ts';
import type { Shape } from './shape.ts';

export const syncSchema = z
  .strictObject({
    repositories: z
      .array(z.string(), { error: 'repositories must be a list of names' })
      .min(1, 'repositories must name at least one')
      .exactOptional(),
  })
  .meta({ id: 'SyncRequest' });

const settings = {
  name: z
    .string({ error: 'name must be a string' })
    .refine(isRepositoryName, 'name must be one that every system allows for a folder')
    .exactOptional(),
  branch: z
    .string({ error: 'branch must be a string' })
    // It becomes an argument of git. No system accepts arguments of any length, or with a NUL.
    .max(1000, 'branch must have 1000 characters or fewer')
    .refine(noControls, 'branch must not hold control characters')
    .exactOptional(),
};

/** Where a remote is, and whether the client has confirmed it. */
const place = {
  url: z
    .string({ error: 'url must be a git URL or an absolute path' })
    .max(4096, 'url must have 4096 characters or fewer')
    .exactOptional(),
  github: z
    .string()
    .regex(/^[^/]+\/[^/]+$/, 'github must be owner/name')
    .exactOptional(),
  create: flag('create').exactOptional(),
  private: flag('private').exactOptional(),
  confirm: flag('confirm').exactOptional(),
};

export const addRepositorySchema = z.strictObject({ ...settings, ...place }).meta({ id: 'AddRepository' });
export type AddRepository = Shape<typeof addRepositorySchema>;

export const changeRepositorySchema = z
  .strictObject({ ...settings, ...place })
  .meta({ id: 'ChangeRepository' });
export type ChangeRepository = Shape<typeof changeRepositorySchema>;

export const resolveSchema = z
  .strictObject({ keep: z.enum(['local', 'remote'], { error: () => 'keep must be "local" or "remote"' }) })
  .meta({ id: 'Resolve' });
/** The side of a rewritten history to keep. */
export type Side = Shape<typeof resolveSchema>['keep'];

const syncResult = z.object({
  repository: z.string(),
  status: z.enum(['pushed', 'pulled', 'up-to-date', ...SYNC_FAILURES]),
  /** How many messages were pushed to the remote, and how many came from it. */
  pushed: z.int(),
  pulled: z.int(),
  head: commit,
  detail: z.string(),
  action: z.string(),
});
export type SyncResult = Shape<typeof syncResult>;

export const syncResultsSchema = z.object({ results: z.array(syncResult) }).meta({ id: 'SyncResults' });
export type SyncResults = Shape<typeof syncResultsSchema>;

const problem = z.object({ file: z.string(), line: z.int().nullable(), reason: z.string() });
/** Something in a clone that a person should look at: an unreadable line, or an uncommitted change. */
export type CloneProblem = Shape<typeof problem>;

/** The size of a repository. Each value is `null` until it was measured. */
const growth = z.object({
  commits: z.int().nullable(),
  files: z.int().nullable(),
  /** The size of git's objects on this disk, in bytes. */
  size: z.int().nullable(),
});
export type Growth = Shape<typeof growth>;

export const repositorySchema = z
  .object({
    name: z.string(),
    url: z.string(),
    /** Its page on GitHub; `null` if it is elsewhere. */
    github: z.string().nullable(),
    branch: z.string(),
    primary: z.boolean(),
    messages: z.int(),
    ahead: z.int(),
    behind: z.int(),
    ...growth.shape,
    head: commit,
    remoteHead: commit,
    state: z.enum(['cloning', 'ready', 'unsafe', ...SYNC_FAILURES]),
    lastSync: z.iso.datetime().nullable(),
    problems: z.array(problem),
    error: advice.nullable(),
  })
  .meta({ id: 'Repository' });
export type RepositoryStatus = Shape<typeof repositorySchema>;
export type RepositoryState = RepositoryStatus['state'];

export const addedRepositorySchema = repositorySchema
  .extend({ probe: probeSchema })
  .meta({ id: 'AddedRepository' });
/** A repository that was added, and what was found out about it beforehand. */
export type AddedRepository = Shape<typeof addedRepositorySchema>;
