import type { McpServer } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { Answer, Api } from './api.ts';

type Structured = Record<string, unknown>;

/** What a tool gives the agent: an object, or why not. */
export type Outcome =
  | { readonly ok: true; readonly value: object }
  | { readonly ok: false; readonly detail: string };

export interface Tool<Shape extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly input: Shape;
  /** What a client may tell its person before it lets the agent call it. */
  readonly hints: { readonly readOnly?: boolean; readonly destructive?: boolean; readonly outside?: boolean };
  readonly run: (given: z.infer<Shape>, api: Api) => Promise<Outcome>;
}

/** Only for types: the given values of a tool follow from its input. */
export const tool = <Shape extends z.ZodObject>(declaration: Tool<Shape>): Tool =>
  declaration as unknown as Tool;

/** The answer of the API, turned into what the agent gets. */
export const outcome = <Value>(answer: Answer<Value>, view: (value: Value) => object): Outcome =>
  answer.ok ? { ok: true, value: view(answer.value) } : answer;

export function registerTool(
  server: McpServer,
  { name, description, input, hints, run }: Tool,
  api: Api,
): void {
  const annotations = {
    readOnlyHint: hints.readOnly ?? false,
    destructiveHint: hints.destructive ?? false,
    // The same call again makes no second message, and no second revision.
    idempotentHint: true,
    openWorldHint: hints.outside ?? false,
  };
  server.registerTool(name, { description, inputSchema: input, annotations }, async (given) => {
    const done = await run(given, api).catch((error: Error) => ({
      ok: false as const,
      detail: error.message,
    }));
    if (!done.ok) return { isError: true, content: [{ type: 'text', text: done.detail }] };
    const text = JSON.stringify(done.value);
    // What is undefined in the object is left out, as it is in the text.
    return { content: [{ type: 'text', text }], structuredContent: JSON.parse(text) as Structured };
  });
}
