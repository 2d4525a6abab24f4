import { z } from 'zod';
import {
  addedRepositorySchema,
  addRepositorySchema,
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

const problems: Json = {
  default: { description: 'Any error', ...json(ref('Problem'), 'application/problem+json') },
};

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

/** The API as OpenAPI 3.1, made of the schemas that validate. */
export function openApiDocument(version: string): Json {
  const messages = { type: 'array', items: ref('Message') };
  const list = {
    description: 'Messages, newest first',
    content: { ...(json(messages).content as Json), 'application/x-ndjson': { schema: ref('Message') } },
  };
  const sync = (summary: string): Json => ({
    summary,
    requestBody: { required: false, ...json(ref('SyncRequest')) },
    responses: {
      200: answer('All went well', ref('SyncResults')),
      502: answer('A repository failed; the body says which', ref('SyncResults')),
      ...problems,
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
    paths: {
      '/messages': {
        get: {
          summary: 'Current messages, newest first',
          parameters: queryParameters(listSchema),
          responses: { 200: list, ...problems },
        },
        post: {
          summary: 'Capture a message, or a bulk of them',
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: ref('Draft') },
              'application/x-ndjson': { schema: ref('Draft') },
            },
          },
          responses: {
            200: answer('It was captured before, or the results of a bulk, one a line', ref('Message')),
            201: answer('Its commits are durable', ref('Message')),
            ...problems,
          },
        },
      },
      '/messages/{id}': {
        parameters: [pathParameter('id')],
        get: { summary: 'A message', responses: { 200: answer('The message', ref('Message')), ...problems } },
        patch: {
          summary: 'Edit a message, or bring a deleted one back',
          parameters: [ifMatch],
          requestBody: { required: true, ...json(ref('Edit')) },
          responses: { 200: answer('The message', ref('Message')), ...problems },
        },
        delete: {
          summary: 'Delete a message',
          parameters: [ifMatch],
          responses: { 204: answer('It is deleted'), ...problems },
        },
      },
      '/messages/{id}/history': {
        parameters: [pathParameter('id')],
        get: {
          summary: 'All revisions, oldest first',
          responses: { 200: answer('The revisions', ref('History')), ...problems },
        },
      },
      '/push': { post: sync('Fetch, merge and push') },
      '/pull': { post: sync('Fetch and merge') },
      '/repositories': {
        get: {
          summary: 'All repositories',
          responses: {
            200: answer('Their status', { type: 'array', items: ref('Repository') }),
            ...problems,
          },
        },
        post: {
          summary: 'Add a repository',
          requestBody: { required: true, ...json(ref('AddRepository')) },
          responses: { 202: answer('Its clone is being made', ref('AddedRepository')), ...problems },
        },
      },
      '/repositories/{name}/resolve': {
        parameters: [pathParameter('name')],
        post: {
          summary: 'Say which side of a rewritten history to keep',
          requestBody: { required: true, ...json(ref('Resolve')) },
          responses: { 200: answer('Its status', ref('Repository')), ...problems },
        },
      },
      '/repositories/{name}': {
        parameters: [pathParameter('name')],
        get: {
          summary: 'A repository',
          responses: { 200: answer('Its status', ref('Repository')), ...problems },
        },
        patch: {
          summary: 'Change its branch or its name',
          requestBody: { required: true, ...json(ref('ChangeRepository')) },
          responses: { 200: answer('Its status', ref('Repository')), ...problems },
        },
        delete: {
          summary: 'Let it go; its clone stays on disk',
          responses: { 204: answer('It is no longer a repository of this gitpost'), ...problems },
        },
      },
      '/github': {
        get: {
          summary: 'Whose the token is, and what GitHub says of it',
          responses: { 200: answer('The account, or why it can not be told', ref('Github')), ...problems },
        },
      },
      '/github/repositories': {
        get: {
          summary: 'Repositories on GitHub to choose from',
          parameters: queryParameters(githubListSchema),
          responses: { 200: answer('A page of them', ref('GithubPage')), ...problems },
        },
      },
      '/stats': {
        get: {
          summary: 'How many messages there are, by day, author and repository',
          parameters: queryParameters(statsQuerySchema),
          responses: { 200: answer('The counts', ref('Stats')), ...problems },
        },
      },
      '/events': {
        get: {
          summary: 'What happens, as server-sent events',
          parameters: [{ name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } }],
          responses: {
            200: {
              description: 'message, repository, progress, reset and ping events',
              content: { 'text/event-stream': {} },
            },
            ...problems,
          },
        },
      },
      '/health': {
        get: {
          summary: 'How the program is',
          responses: { 200: answer('Its health', ref('Health')), ...problems },
        },
      },
      '/verify': {
        get: {
          summary: 'Whether mirror, clones and remotes agree; changes nothing',
          responses: { 200: answer('What was found', ref('Verification')), ...problems },
        },
      },
      '/session': {
        post: {
          summary: 'Sign in',
          requestBody: { required: true, ...json(ref('SessionRequest')) },
          responses: { 204: answer('Signed in, by a cookie'), ...problems },
        },
        delete: { summary: 'Sign out', responses: { 204: answer('Signed out'), ...problems } },
      },
      '/openapi.json': {
        get: { summary: 'This document', responses: { 200: answer('OpenAPI 3.1', { type: 'object' }) } },
      },
    },
    components: { schemas: componentSchemas() },
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
