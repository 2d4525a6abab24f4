import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ProblemCode } from '../contract/problem.ts';
import type { Shape } from '../contract/shape.ts';
import type { FieldError, Result } from '../domain/result.ts';
import type { ProblemInput } from './problem.ts';
import type { Services } from './services.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One successful answer of a call: its schema by media type. */
export interface Answer<Given = unknown> {
  readonly description: string;
  readonly content: Readonly<Record<string, z.ZodType>>;
  /** Only for types: what a handler returns to send this answer. */
  readonly given?: Given;
}

/** An answer in JSON, or one without a body if it has no schema. */
export function answer(description: string): Answer<undefined>;
export function answer<Schema extends z.ZodType>(description: string, schema: Schema): Answer<Shape<Schema>>;
export function answer(description: string, schema?: z.ZodType): Answer {
  return { description, content: schema ? { 'application/json': schema } : {} };
}

/** An answer that the handler writes itself. The handler returns nothing. */
export const written = (description: string, content: Answer['content']): Answer<never> => ({
  description,
  content,
});

/** The request body of a call. */
export interface Body<Value = unknown> {
  /**
   * `json`: read, parsed and validated before the handler runs. `raw`: the bytes of a file, of any length. The
   * handler reads them from the request, which is a stream, and sets its own limit.
   */
  readonly kind: 'json' | 'raw';
  readonly schema: z.ZodType;
  /** Whether the body may be missing, which means `{}`. */
  readonly isOptional: boolean;
  /** The largest body in bytes, instead of 1 MiB. */
  readonly limit?: number;
  /** Errors that concern several fields together. */
  readonly together?: (value: object) => readonly FieldError[];
  /** Only for types: what the handler receives. */
  readonly value?: Value;
}

export const json = <Schema extends z.ZodType>(
  schema: Schema,
  more: Partial<Pick<Body, 'isOptional' | 'limit' | 'together'>> = {},
): Body<Shape<Schema>> => ({ kind: 'json', schema, isOptional: false, ...more });

/** The bytes of a file as `application/octet-stream`. They are not read before the handler, and have no limit here. */
export const raw: Body<undefined> = { kind: 'raw', schema: z.file(), isOptional: false };

/** The names of the parameters of a path such as `/messages/:id/history`. */
type ParametersOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParametersOf<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** One validated request to a route. */
interface Call<Path extends string, Query, Value> {
  readonly params: Readonly<Record<ParametersOf<Path>, string>>;
  readonly query: Query;
  readonly body: Value;
  readonly request: Request;
  readonly response: Response;
}

/**
 * The result of a handler. A failure is sent as a problem document. A value is sent as JSON with the status of the
 * first answer that the route declares, unless the handler has set another one. `undefined` means that the handler
 * has answered itself.
 */
type Handled<Given> = Refusable<Given> | Promise<Refusable<Given>>;

type Refusable<Given> = Result<Given, ProblemInput> | undefined;

type GivenBy<Answers> = {
  [Status in keyof Answers]: Answers[Status] extends Answer<infer Given> ? Given : never;
}[keyof Answers];

type Answers = Readonly<Record<number, Answer>>;

interface Declaration<Path extends string, Query extends z.ZodType, Value, Given extends Answers> {
  readonly method: Method;
  /** Such as `/messages/:id`. */
  readonly path: Path;
  /** Its name in openapi.json, from which programs may generate functions. */
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** The query parameters. Without it, the query is ignored. */
  readonly query?: Query;
  /** Request headers with a meaning here. */
  readonly headers?: readonly string[];
  readonly body?: Body<Value>;
  /** The answers that are not problem documents, by status. */
  readonly answers: Given;
  /** The problems it can fail with, besides those of every call. */
  readonly failures: readonly ProblemCode[];
  /** Whether it answers anyone, or anyone with part of the answer. Without it, access is required. */
  readonly access?: 'open' | 'partly';
  readonly handle: (call: Call<Path, Shape<Query>, Value>, services: Services) => Handled<GivenBy<Given>>;
  /** If it also accepts a bulk request (NDJSON): handles the bytes, which have one body per line. */
  readonly bulk?: (call: Call<Path, Shape<Query>, Buffer>, services: Services) => Promise<Refusable<never>>;
}

/** A route as the server and openapi.json see it: its declaration, and a handler for any request. */
export type Route = Omit<Declaration<string, z.ZodType, unknown, Answers>, 'handle' | 'bulk'> & {
  readonly handle: (call: Call<string, never, never>, services: Services) => Handled<unknown>;
  readonly bulk?: (call: Call<string, never, Buffer>, services: Services) => Promise<Refusable<never>>;
};

/**
 * Declares a route completely. The wiring, validation, the guard of the body's type, the refusal of other methods and
 * openapi.json follow from it.
 */
export const route = <
  const Path extends string,
  Query extends z.ZodType = z.ZodType<unknown>,
  Value = undefined,
  const Given extends Answers = Answers,
>(
  declaration: Declaration<Path, Query, Value, Given>,
): Route => declaration as unknown as Route;
