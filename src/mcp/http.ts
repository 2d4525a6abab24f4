import {
  createMcpHandler,
  isLegacyRequest,
  ProtocolErrorCode,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Api } from './api.ts';
import { errorOf, NO_BATCHES, NO_MESSAGE } from './checked-lines.ts';
import { type AgentOptions, agentServer } from './server.ts';

/** Answers one POST request of an agent. */
export type AgentHandler = (request: Request, body: unknown) => Promise<Response>;

/**
 * MCP over HTTP without sessions: each request is independent, and its answer is JSON. It serves clients of the
 * revision 2026-07-28 and those of earlier revisions, which call `initialize` first.
 */
export function agentHandler(api: Api, options: AgentOptions): AgentHandler {
  const make = () => agentServer(api, options);
  // None of our lists ever changes, so there is nothing to subscribe to.
  const modern = createMcpHandler(make, { legacy: 'reject', maxSubscriptions: 0 });
  return async (request, body) => {
    if (Array.isArray(body)) return refused(NO_BATCHES);
    if (typeof body !== 'object' || body === null) return refused(NO_MESSAGE);
    if (!(await isLegacyRequest(request, body))) return modern.fetch(request, { parsedBody: body });
    const server = make();
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    try {
      return await transport.handleRequest(request, { parsedBody: body });
    } finally {
      await server.close();
    }
  };
}

const refused = (message: string): Response =>
  Response.json(errorOf(null, ProtocolErrorCode.InvalidRequest, message), { status: 400 });
