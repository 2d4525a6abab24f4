import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Api } from './api.ts';
import { type AgentOptions, agentServer } from './server.ts';

/** MCP over standard input and output. Ends when the input does. */
export async function serveAgent(
  api: Api,
  options: AgentOptions,
  onTrouble: (error: Error) => void,
): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve);
  });
  const handle = serveStdio(() => agentServer(api, options), { onerror: onTrouble, maxSubscriptions: 0 });
  await ended;
  await handle.close();
}
