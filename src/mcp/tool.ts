import type { McpServer, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { Answer, Api } from './api.ts';
import { argumentErrors } from './arguments.ts';

type Structured = Record<string, unknown>;

/** The result of a tool for the agent: an object, or an error. */
export type Outcome =
  | { readonly ok: true; readonly value: object }
  | { readonly ok: false; readonly detail: string };

export interface Tool<Shape extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly input: Shape;
  /** What a client may show a person before it lets the agent call the tool. */
  readonly hints: { readonly readOnly?: boolean; readonly destructive?: boolean; readonly outside?: boolean };
  readonly run: (given: z.infer<Shape>, api: Api) => Promise<Outcome>;
}

/** Only for types: the arguments of a tool follow from its input schema. */
export const tool = <Shape extends z.ZodObject>(declaration: Tool<Shape>): Tool =>
  declaration as unknown as Tool;

/** Converts the API's answer to the result for the agent. */
export const outcome = <Value>(answer: Answer<Value>, view: (value: Value) => object): Outcome =>
  answer.ok ? { ok: true, value: view(answer.value) } : answer;

const refused = (text: string) => ({ isError: true, content: [{ type: 'text' as const, text }] });

/** A schema that describes the arguments but lets all through. They are checked here, to say in our words what is wrong. */
function uncheckedOf(schema: z.ZodObject): StandardSchemaWithJSON {
  const standard = schema['~standard'] as unknown as StandardSchemaWithJSON['~standard'];
  return { '~standard': { ...standard, validate: (value) => ({ value }) } };
}

export function registerTool(
  server: McpServer,
  { name, description, input, hints, run }: Tool,
  api: Api,
): void {
  const annotations = {
    readOnlyHint: hints.readOnly ?? false,
    destructiveHint: hints.destructive ?? false,
    // Repeating a call makes no second message and no second revision.
    idempotentHint: true,
    openWorldHint: hints.outside ?? false,
  };
  const schema = input.strict();
  const inputSchema = uncheckedOf(schema);
  server.registerTool(name, { description, inputSchema, annotations }, async (given) => {
    const parsed = schema.safeParse(given);
    if (!parsed.success) return refused(argumentErrors(name, schema, given, parsed.error.issues));
    const done = await run(parsed.data, api).catch((error: Error) => ({
      ok: false as const,
      detail: error.message,
    }));
    if (!done.ok) return refused(done.detail);
    const text = JSON.stringify(done.value);
    // Undefined members are left out of the object, as they are in the text.
    return { content: [{ type: 'text', text }], structuredContent: JSON.parse(text) as Structured };
  });
}
