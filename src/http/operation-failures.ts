import type { ProblemCode } from './problem.ts';

/** What every call can fail with, before its route is even looked at or in the middle of it. */
const ANYWHERE = [
  'invalid',
  'missing-host',
  'unauthenticated',
  'foreign-site',
  'too-slow',
  'too-large',
  'unsupported-type',
  'wrong-host',
  'too-many-tries',
  'headers-too-long',
  'internal',
  'too-many',
] as const satisfies readonly ProblemCode[];

const GITHUB = [
  'github-off',
  'github-unauthorized',
  'github-forbidden',
  'github-not-found',
  'github-refused',
  'github-limited',
  'github-offline',
  'github-failed',
] as const satisfies readonly ProblemCode[];

const WRITE = ['looks-secret', 'unwritable', 'precondition-failed', 'unavailable', 'incomplete'] as const;

/**
 * What each operation of the API can fail with besides that. This is the one place that openapi.json takes it from: a
 * code that a service newly answers with is added here.
 */
const OWN = {
  listMessages: ['unknown-repository', 'unavailable'],
  createMessage: [
    'unknown-repository',
    'id-taken',
    'looks-secret',
    'unwritable',
    'unavailable',
    'incomplete',
  ],
  getMessage: ['unknown-message', 'unavailable'],
  editMessage: ['unknown-message', ...WRITE],
  deleteMessage: ['unknown-message', ...WRITE],
  getHistory: ['unknown-message', 'unavailable'],
  push: ['unknown-repository', 'unavailable'],
  pull: ['unknown-repository', 'unavailable'],
  listRepositories: ['unavailable'],
  addRepository: ['repository-exists', 'public-repository', 'busy', 'unavailable', ...GITHUB],
  getRepository: ['unknown-repository', 'unavailable'],
  changeRepository: [
    'unknown-repository',
    'repository-exists',
    'fixed-by-environment',
    'busy',
    'unavailable',
  ],
  removeRepository: ['unknown-repository', 'fixed-by-environment', 'busy', 'unavailable'],
  resolveRepository: ['unknown-repository', 'not-rewritten', 'busy', 'unavailable'],
  getGithub: ['unavailable'],
  listGithubRepositories: GITHUB,
  getStats: ['unknown-repository', 'unavailable'],
  listenToEvents: ['unavailable'],
  getHealth: [],
  verify: ['busy', 'unavailable'],
  signIn: [],
  signOut: [],
  getOpenApi: [],
} as const satisfies Record<string, readonly ProblemCode[]>;

export type OperationId = keyof typeof OWN;

/** Codes that no operation has: they are answered when there is none for a path or a method. */
export const OUTSIDE = ['not-found', 'method-not-allowed'] as const satisfies readonly ProblemCode[];

export const failuresOf = (id: OperationId): readonly ProblemCode[] => [...ANYWHERE, ...OWN[id]];
