import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Api } from './api.ts';
import { checkedLines } from './checked-lines.ts';
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
  const lines = process.stdin.pipe(checkedLines((line) => process.stdout.write(line)));
  const handle = serveStdio(() => agentServer(api, options), {
    transport: new StdioServerTransport(lines),
    onerror: onTrouble,
    maxSubscriptions: 0,
  });
  await ended;
  await handle.close();
}
