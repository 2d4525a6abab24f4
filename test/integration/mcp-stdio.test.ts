import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { linesOfJson } from '../support/api.ts';
import { command, commandEnvironment, startCommand } from '../support/command.ts';
import { startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const script = fileURLToPath(new URL('../../dist/gitpost.js', import.meta.url));

interface Agent {
  readonly call: (name: string, given?: Record<string, unknown>) => Promise<Record<string, unknown>>;
  readonly tools: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

const generations = {
  new: () => ({ client: new Client({ name: 'test', version: '1' }), Transport: StdioClientTransport }),
  old: () => ({ client: new OldClient({ name: 'test', version: '1' }), Transport: OldTransport }),
};

async function agentIn(
  folder: string,
  generation: keyof typeof generations,
  more: string[] = [],
): Promise<Agent> {
  const { client, Transport } = generations[generation]();
  const env = commandEnvironment(folder) as Record<string, string>;
  const args = [script, 'mcp', ...more];
  await client.connect(
    new Transport({ command: process.execPath, args, env, cwd: folder, stderr: 'ignore' }) as never,
  );
  onTestFinished(() => client.close());
  return {
    call: async (name, given = {}) => {
      const { structuredContent, content } = (await client.callTool({ name, arguments: given })) as {
        structuredContent?: Record<string, unknown>;
        content?: unknown;
      };
      return structuredContent ?? { content };
    },
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    close: () => client.close(),
  };
}

describe.each(['new', 'old'] as const)('gitpost mcp with a client of the %s generation', (generation) => {
  test('posts and finds, with and without a gitpost that runs, and lets others have their turn', async () => {
    const folder = await temporaryFolder();
    const agent = await agentIn(folder, generation);
    await agent.call('post_message', { text: 'Alone' });
    expect(await agent.call('search_messages', { q: 'alone' })).toMatchObject({
      messages: [{ text: 'Alone' }],
    });
    // The agent holds the folders for a moment at most.
    expect(await command(folder, ['add', 'In between'])).toMatchObject({ code: 0 });
    const server = await startProcess({ folder });
    await agent.call('post_message', { text: 'With a server' });
    expect(await agent.call('search_messages')).toMatchObject({
      messages: [{ text: 'With a server' }, { text: 'In between' }, { text: 'Alone' }],
    });
    await server.stop();
    expect(await agent.call('search_messages', { limit: 1 })).toMatchObject({
      messages: [{ text: 'With a server' }],
    });
    await agent.close();
    expect((await command(folder, ['list', '--ndjson'])).stdout.match(/\n/g)).toHaveLength(3);
  });
});

test('deleting is there only with --allow-delete', async () => {
  const folder = await temporaryFolder();
  expect(await (await agentIn(folder, 'new')).tools()).not.toContain('delete_message');
  expect(await (await agentIn(folder, 'new', ['--allow-delete'])).tools()).toContain('delete_message');
});

test('ends with its input', async () => {
  const folder = await temporaryFolder();
  expect(await command(folder, ['mcp'], { input: '' })).toMatchObject({ code: 0, stdout: '' });
  const noise = await command(folder, ['mcp'], { input: 'no json\n{"jsonrpc":"2.0"}\n' });
  expect(noise.code).toBe(0);
  expect(noise.stderr).not.toMatch(/\bat \S+ \(/);
});

test('lines that are no messages are answered as JSON-RPC asks for, and nothing is said about them', async () => {
  const folder = await temporaryFolder();
  const lines = ['{bad', '[]', 'null', '{"jsonrpc":"2.0","id":7,"method":5}', ''];
  const child = startCommand(folder, ['mcp']);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.write(lines.join('\n'));
  await eventually(async () => stdout.split('\n').length > 4);
  child.stdin.end();
  await new Promise((resolve) => child.on('close', resolve));
  const answers = linesOfJson<{ id: unknown; error: { code: number } }>(stdout);
  expect(answers.map(({ id, error }) => [id, error.code])).toEqual([
    [null, -32700],
    [null, -32600],
    [null, -32600],
    [7, -32600],
  ]);
  expect(stderr).toBe('');
});
