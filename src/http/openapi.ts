import { z } from 'zod';
import { failuresOf, type OperationId } from './operation-failures.ts';
import { kindOf } from './problem.ts';
import {
  addedRepositorySchema,
  addRepositorySchema,
  bulkResultSchema,
  changeRepositorySchema,
  deliverySchema,
  draftSchema,
  editSchema,
  githubListSchema,
  githubPageSchema,
  githubSchema,
  healthSchema,
  historySchema,
  listSchema,
  messageSchema,
  probeSchema,
  problemSchema,
  repositorySchema,
  resolveSchema,
  sessionSchema,
  statsQuerySchema,
  statsSchema,
  syncResultSchema,
  syncSchema,
  verificationSchema,
} from './schemas.ts';

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return json;
};

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

const json = (schema: Json, type = 'application/json'): Json => ({ content: { [type]: { schema } } });

const answer = (description: string, schema?: Json): Json => ({
  description,
  ...(schema ? json(schema) : {}),
});

/** The answers that an operation can fail with: one for each status, and one for what a later version may add. */
function problemsOf(id: OperationId): Json {
  const titles = new Map<number, string[]>();
  for (const code of new Set(failuresOf(id))) {
    const { status, title } = kindOf(code);
    titles.set(status, [...(titles.get(status) ?? []), title]);
  }
  const content = json(ref('Problem'), 'application/problem+json');
  const all = [...titles].sort(([one], [other]) => one - other);
  return {
    ...Object.fromEntries(
      all.map(([status, words]) => [status, { description: words.join('; '), ...content }]),
    ),
    default: { description: 'Any other error', ...content },
  };
}

interface Described extends Json {
  readonly summary: string;
  readonly responses: Json;
}

const operation = (operationId: OperationId, { summary, responses, ...more }: Described): Json => ({
  operationId,
  summary,
  ...more,
  responses: { ...responses, ...problemsOf(operationId) },
});

const pathParameter = (name: string): Json => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string' },
});

const ifMatch: Json = { name: 'If-Match', in: 'header', schema: { type: 'string' } };

function queryParameters(query: z.ZodType): Json[] {
  const { properties = {} } = schemaOf(query, 'input') as { properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

export interface DocumentOptions {
  /** Where the API begins, as the one who asks has to write it. */
  readonly server?: string;
  /** The name of the session cookie. */
  readonly cookie?: string;
  /** Whether an access token is configured; without one nobody has to sign in. */
  readonly isLocked?: boolean;
}

const SIGNED_IN: readonly Json[] = [{ bearer: [] }, { session: [] }];

/** The API as OpenAPI 3.1, made of the schemas that validate. */
export function openApiDocument(version: string, options: DocumentOptions = {}): Json {
  const { server = '/', cookie = 'gitpost_session', isLocked = false } = options;
  const messages = { type: 'array', items: ref('Message') };
  const list = {
    description: 'Messages, newest first',
    content: { ...(json(messages).content as Json), 'application/x-ndjson': { schema: ref('Message') } },
  };
  const sync = (id: 'push' | 'pull', summary: string): Json =>
    operation(id, {
      summary,
      requestBody: { required: false, ...json(ref('SyncRequest')) },
      responses: {
        200: answer('All went well', ref('SyncResults')),
        502: answer('A repository failed; the body says which', ref('SyncResults')),
      },
    });
  return {
    openapi: '3.1.0',
    info: {
      title: 'gitpost',
      version,
      description: 'Captures messages into git repositories as commits.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server }],
    security: isLocked ? SIGNED_IN : [{}, ...SIGNED_IN],
    paths: {
      '/messages': {
        get: operation('listMessages', {
          summary: 'Current messages, newest first',
          parameters: queryParameters(listSchema),
          responses: { 200: list },
        }),
        post: operation('createMessage', {
          summary: 'Capture a message, or a bulk of them',
          description:
            'A bulk (application/x-ndjson) has one message a line: at most 64 MiB, 250,000 lines, and 1 MiB in a line. ' +
            'It is read to its end first, and refused with 413 as a whole when it is larger. Then its lines are ' +
            'captured in order, and each has one result line as soon as it is known: {"status":201,"message":{…}} or ' +
            '{"status":400,"problem":{…}}. A client that disconnects, or reads nothing for 2 minutes, ends it: lines ' +
            'that were captured by then stay. Send it again with the same ids to complete it.',
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: ref('Draft') },
              'application/x-ndjson': { schema: ref('Draft') },
            },
          },
          responses: {
            200: {
              description:
                'It was captured before; or the results of a bulk, one per line, in the order of its lines',
              content: {
                'application/json': { schema: ref('Message') },
                'application/x-ndjson': { schema: ref('BulkResult') },
              },
            },
            201: answer('Its commits are durable', ref('Message')),
          },
        }),
      },
      '/messages/{id}': {
        parameters: [pathParameter('id')],
        get: operation('getMessage', {
          summary: 'A message',
          responses: {
            200: answer('The message', ref('Message')),
            304: answer('It is still the one that If-None-Match names'),
          },
        }),
        patch: operation('editMessage', {
          summary: 'Edit a message, or bring a deleted one back',
          parameters: [ifMatch],
          requestBody: { required: true, ...json(ref('Edit')) },
          responses: { 200: answer('The message', ref('Message')) },
        }),
        delete: operation('deleteMessage', {
          summary: 'Delete a message',
          parameters: [ifMatch],
          responses: { 204: answer('It is deleted') },
        }),
      },
      '/messages/{id}/history': {
        parameters: [pathParameter('id')],
        get: operation('getHistory', {
          summary: 'All revisions, oldest first',
          responses: { 200: answer('The revisions', ref('History')) },
        }),
      },
      '/push': { post: sync('push', 'Fetch, merge and push') },
      '/pull': { post: sync('pull', 'Fetch and merge') },
      '/repositories': {
        get: operation('listRepositories', {
          summary: 'All repositories',
          responses: {
            200: answer('Their status', { type: 'array', items: ref('Repository') }),
          },
        }),
        post: operation('addRepository', {
          summary: 'Add a repository',
          requestBody: { required: true, ...json(ref('AddRepository')) },
          responses: { 202: answer('Its clone is being made', ref('AddedRepository')) },
        }),
      },
      '/repositories/{name}/resolve': {
        parameters: [pathParameter('name')],
        post: operation('resolveRepository', {
          summary: 'Say which side of a rewritten history to keep',
          requestBody: { required: true, ...json(ref('Resolve')) },
          responses: { 200: answer('Its status', ref('Repository')) },
        }),
      },
      '/repositories/{name}': {
        parameters: [pathParameter('name')],
        get: operation('getRepository', {
          summary: 'A repository',
          responses: { 200: answer('Its status', ref('Repository')) },
        }),
        patch: operation('changeRepository', {
          summary: 'Change its branch or its name',
          requestBody: { required: true, ...json(ref('ChangeRepository')) },
          responses: { 200: answer('Its status', ref('Repository')) },
        }),
        delete: operation('removeRepository', {
          summary: 'Let it go; its clone stays on disk',
          responses: { 204: answer('It is no longer a repository of this gitpost') },
        }),
      },
      '/github': {
        get: operation('getGithub', {
          summary: 'Whose the token is, and what GitHub says of it',
          responses: { 200: answer('The account, or why it can not be told', ref('Github')) },
        }),
      },
      '/github/repositories': {
        get: operation('listGithubRepositories', {
          summary: 'Repositories on GitHub to choose from',
          parameters: queryParameters(githubListSchema),
          responses: { 200: answer('A page of them', ref('GithubPage')) },
        }),
      },
      '/stats': {
        get: operation('getStats', {
          summary: 'How many messages there are, by day, author and repository',
          parameters: queryParameters(statsQuerySchema),
          responses: { 200: answer('The counts', ref('Stats')) },
        }),
      },
      '/events': {
        get: operation('listenToEvents', {
          summary: 'What happens, as server-sent events',
          parameters: [{ name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } }],
          responses: {
            200: {
              description: 'message, repository, progress, reset and ping events',
              content: { 'text/event-stream': { schema: { type: 'string' } } },
            },
          },
        }),
      },
      '/health': {
        get: operation('getHealth', {
          security: [{}, ...SIGNED_IN],
          summary: 'How the program is',
          responses: { 200: answer('Its health', ref('Health')) },
        }),
      },
      '/verify': {
        get: operation('verify', {
          summary: 'Whether mirror, clones and remotes agree; changes nothing',
          responses: { 200: answer('What was found', ref('Verification')) },
        }),
      },
      '/session': {
        post: operation('signIn', {
          security: [],
          summary: 'Sign in',
          requestBody: { required: true, ...json(ref('SessionRequest')) },
          responses: { 204: answer('Signed in, by a cookie') },
        }),
        delete: operation('signOut', {
          security: [],
          summary: 'Sign out',
          responses: { 204: answer('Signed out') },
        }),
      },
      '/openapi.json': {
        get: operation('getOpenApi', {
          summary: 'This document',
          responses: { 200: answer('OpenAPI 3.1', { type: 'object' }) },
        }),
      },
    },
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The ACCESS_TOKEN of the server' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: cookie,
          description: 'The cookie that POST /session sets',
        },
      },
    },
  };
}

function componentSchemas(): Json {
  const inputs = {
    Draft: draftSchema,
    Edit: editSchema,
    SyncRequest: syncSchema,
    SessionRequest: sessionSchema,
    AddRepository: addRepositorySchema,
    ChangeRepository: changeRepositorySchema,
    Resolve: resolveSchema,
  };
  const outputs = {
    Message: messageSchema,
    BulkResult: bulkResultSchema,
    Delivery: deliverySchema,
    History: historySchema,
    SyncResults: syncResultSchema,
    Repository: repositorySchema,
    AddedRepository: addedRepositorySchema,
    Probe: probeSchema,
    Github: githubSchema,
    GithubPage: githubPageSchema,
    Stats: statsSchema,
    Health: healthSchema,
    Verification: verificationSchema,
    Problem: problemSchema,
  };
  const all: Json = {};
  for (const [name, schema] of Object.entries(inputs)) all[name] = inline(name, schemaOf(schema, 'input'));
  for (const [name, schema] of Object.entries(outputs)) all[name] = inline(name, schemaOf(schema, 'output'));
  return all;
}

/** A schema with a name stands in `$defs` with the parts that it names; in one document all are components. */
function inline(name: string, { $defs, id: _id, ...schema }: Json): Json {
  const own = (($defs ?? {}) as Record<string, Json>)[name] ?? schema;
  const { id: _name, ...body } = own;
  return JSON.parse(JSON.stringify(body).replaceAll('#/$defs/', '#/components/schemas/')) as Json;
}
