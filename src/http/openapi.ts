import { z } from 'zod';
import { COMMON_FAILURES, kindOf, problemSchema } from '../contract/problem.ts';
import { bodyTypesOf } from './add-routes.ts';
import type { Answer, Route } from './route.ts';

type Json = Record<string, unknown>;

/** Schemas as JSON, in their places in the document. */
interface Schemas {
  /** A reference to a schema if it has a name, otherwise the schema itself. */
  readonly of: (schema: z.ZodType, io: 'input' | 'output') => Json;
  readonly components: Json;
}

function collectSchemas(): Schemas {
  const components: Json = {};
  const relocated = (schema: Json): Json =>
    JSON.parse(JSON.stringify(schema).replaceAll('#/$defs/', '#/components/schemas/')) as Json;
  const add = (name: string, { id: _id, ...schema }: Json): Json => {
    components[name] = relocated(schema);
    return { $ref: `#/components/schemas/${name}` };
  };
  const of = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const {
      $schema: _dialect,
      $defs,
      ...json
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
    for (const [name, part] of Object.entries(($defs ?? {}) as Record<string, Json>)) add(name, part);
    const name = schema.meta()?.id;
    if (name === undefined) return relocated(json);
    // A schema that is part of another one lists itself among the definitions.
    return $defs && Object.hasOwn($defs, name) ? { $ref: `#/components/schemas/${name}` } : add(name, json);
  };
  return { of, components };
}

/** The failures of an operation: one answer per status, and one for those that a later version may add. */
function problemsOf({ failures }: Route, problem: Json): Json {
  const titles = new Map<number, string[]>();
  for (const code of new Set([...COMMON_FAILURES, ...failures])) {
    const { status, title } = kindOf(code);
    titles.set(status, [...(titles.get(status) ?? []), title]);
  }
  const content = { content: { 'application/problem+json': { schema: problem } } };
  const all = [...titles].sort(([one], [other]) => one - other);
  return {
    ...Object.fromEntries(
      all.map(([status, words]) => [status, { description: words.join('; '), ...content }]),
    ),
    default: { description: 'Any other error', ...content },
  };
}

function operationOf(route: Route, schemas: Schemas): Json {
  const { operationId, summary, description, access, query, headers = [], body } = route;
  const parameters = [
    ...(query ? parametersOf(schemas.of(query, 'input')) : []),
    ...headers.map((name) => ({ name, in: 'header', schema: { type: 'string' } })),
  ];
  const contentOf = (content: Answer['content']): Json =>
    Object.fromEntries(
      Object.entries(content).map(([type, schema]) => [type, { schema: schemas.of(schema, 'output') }]),
    );
  const answers = Object.entries(route.answers).map(([status, { description: words, content }]) => [
    status,
    { description: words, ...(Object.keys(content).length > 0 ? { content: contentOf(content) } : {}) },
  ]);
  return {
    operationId,
    ...(access === undefined ? {} : { security: access === 'open' ? [] : [{}, ...SIGNED_IN] }),
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: !body.isOptional, content: bodyOf(route, schemas) } } : {}),
    responses: { ...Object.fromEntries(answers), ...problemsOf(route, schemas.of(problemSchema, 'output')) },
  };
}

function bodyOf(route: Route, schemas: Schemas): Json {
  const { body } = route;
  if (!body) return {};
  // OpenAPI 3.1 has no schema for the bytes of a file.
  const schema = body.kind === 'raw' ? {} : { schema: schemas.of(body.schema, 'input') };
  return Object.fromEntries(bodyTypesOf(route).map((type) => [type, schema]));
}

function parametersOf({ properties = {}, required = [] }: Json): Json[] {
  return Object.entries(properties as Record<string, Json>).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description === undefined ? {} : { description }),
    ...((required as string[]).includes(name) ? { required: true } : {}),
    schema,
  }));
}

export interface DocumentOptions {
  /** The base address of the API for the client that asks. */
  readonly server?: string;
  /** The name of the session cookie. */
  readonly cookie?: string;
  /** Whether an access token is configured. Without one, nobody has to sign in. */
  readonly isLocked?: boolean;
}

const SIGNED_IN: readonly Json[] = [{ bearer: [] }, { session: [] }];

/** The API as OpenAPI 3.1, generated from the declarations of its routes. */
export function openApiDocument(
  routes: readonly Route[],
  version: string,
  options: DocumentOptions = {},
): Json {
  const { server = '/', cookie = 'gitpost_session', isLocked = false } = options;
  const schemas = collectSchemas();
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
    paths: pathsOf(routes, schemas),
    components: {
      schemas: schemas.components,
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

function pathsOf(routes: readonly Route[], schemas: Schemas): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const parameters = names.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= parameters.length > 0 ? { parameters } : {};
    paths[path][route.method] = operationOf(route, schemas);
  }
  return paths;
}
