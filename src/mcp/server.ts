import { McpServer, ProtocolError, ProtocolErrorCode, ResourceTemplate } from '@modelcontextprotocol/server';
import type { Message } from '../contract/message.ts';
import type { Answer, Api } from './api.ts';
import { registerTool } from './tool.ts';
import { toolsFor } from './tools.ts';
import { brief, NOTE, whole } from './views.ts';

export interface AgentOptions {
  readonly version: string;
  /** Whether agents may delete messages. */
  readonly canDelete: boolean;
}

const INSTRUCTIONS =
  'gitpost keeps messages as git commits. Search before you ask the person for what they may have written down. ' +
  `${NOTE} Nothing is pushed until you sync, or the person does.`;

const MOST_IN_A_DAY = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A server for one exchange or connection. It defines what agents can do with gitpost, and is a client of the API. */
export function agentServer(api: Api, { version, canDelete }: AgentOptions): McpServer {
  const capabilities = { tools: { listChanged: false }, resources: { listChanged: false } };
  const server = new McpServer({ name: 'gitpost', version }, { instructions: INSTRUCTIONS, capabilities });
  for (const tool of toolsFor(canDelete)) registerTool(server, tool, api);

  const json = { mimeType: 'application/json' };
  server.registerResource(
    'message',
    new ResourceTemplate('gitpost://message/{id}', { list: undefined }),
    { ...json, description: 'One message' },
    async (uri, { id }) => {
      const message = given(await api.get<Message>(`messages/${encodeURIComponent(String(id))}`));
      return contents(uri, { note: NOTE, message: whole(message) });
    },
  );
  server.registerResource(
    'day',
    new ResourceTemplate('gitpost://day/{date}', { list: undefined }),
    { ...json, description: 'The messages of one day (UTC), such as gitpost://day/2026-11-22' },
    async (uri, { date }) => {
      const since = String(date);
      const start = Date.parse(since);
      if (Number.isNaN(start) || dayOf(start) !== since)
        throw refusal(`There is no day ${since.slice(0, 40)}: write it as 2026-11-22.`);
      const until = dayOf(start + DAY_MS);
      const query = new URLSearchParams({ since, until, limit: String(MOST_IN_A_DAY) });
      const messages = given(await api.get<Message[]>(`messages?${query}`));
      return contents(uri, { note: NOTE, messages: messages.map(brief) });
    },
  );
  return server;
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

const contents = (uri: URL, value: object) => ({
  contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(value) }],
});

/** Resources have no error results, so a refusal becomes a protocol error with our text. */
function given<Value>(answer: Answer<Value>): Value {
  if (answer.ok) return answer.value;
  throw refusal(answer.detail);
}

const refusal = (detail: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, detail);
