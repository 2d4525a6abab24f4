import { z } from 'zod';
import { json, type Route, route, written } from '../route.ts';
import { toWebRequest, writeWebResponse } from '../web-exchange.ts';

/** Left out if `MCP` is `off`. There is nothing at this path then. */
export const MCP_PATH = '/mcp';

const message = z.unknown().meta({ description: 'A JSON-RPC message of the Model Context Protocol' });

export const mcpRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: MCP_PATH,
    operationId: 'callAgentTool',
    summary: 'The Model Context Protocol, for agents',
    description:
      'Streamable HTTP without sessions: each request is independent. docs/agents.md describes the tools.',
    body: json(message),
    answers: { 200: written('The answer, as JSON', { 'application/json': message }) },
    failures: [],
    handle: async ({ body, request, response }, { agents }) => {
      const answer = await (await agents())(toWebRequest(request, response), body);
      await writeWebResponse(answer, response);
      return undefined;
    },
  }),
];
